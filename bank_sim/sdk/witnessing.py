"""The application's journal and the bank's log vouch for each other: what is sent, and what must hold of what comes.

The application keeps the newest checkpoint of the bank's that it has countersigned, and shows it at the next exchange;
the bank then proves against it that nothing before was altered. It countersigns no checkpoint that is not the bank's,
not for it, or that goes back behind the one that it keeps (JR/T 0185 12.3). Keeping is the application's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bank_sim.sdk.authorization import AuthorizationClient
from bank_sim.sdk.credentials import ClientKeys
from bank_sim.sdk.protocol.checkpoints import (
    BANK,
    Checkpoint,
    countersign,
    countersigner,
    is_countersigned,
    make_checkpoint,
    read_checkpoint,
)
from bank_sim.sdk.protocol.keypairs import PublicKey
from bank_sim.sdk.protocol.problems import JSON_INVALID, LOG_TAMPERED, SIGNATURE_INVALID

KeyOf = Callable[[str], PublicKey | None]
"""The bank's signing key by its kid; None for a key that is not the bank's."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint with its countersignature, to be kept together. ``serial`` and ``hash``: the record it names."""

    serial: int
    hash: bytes
    checkpoint: str
    countersignature: str


@dataclass(frozen=True, slots=True)
class Exchanged:
    """``own``: of the application's journal; ``bank``: of the bank's log. ``more``: the bank's has gone further."""

    own: Witnessed
    bank: Witnessed
    more: bool


class CheckpointExchange:
    """One application's end of it."""

    def __init__(self, oauth: AuthorizationClient, keys: ClientKeys, key_of: KeyOf) -> None:
        self._oauth = oauth
        self._keys = keys
        self._key_of = key_of

    def exchange(self, serial: int, head: bytes, kept: str | None) -> Exchanged:
        """Show how far the journal has come, and get the bank's word on it; countersign how far the bank's log has.

        ``serial`` and ``head``: number and hash of the journal's newest record; ``kept``: the bank's checkpoint that
        the last exchange gave. LOG_TAMPERED: the bank says that one of the two logs is not what it was (``log``,
        ``serial``), or its checkpoint goes back behind ``kept``. SIGNATURE_INVALID for a word that is not the bank's.
        """
        app_id, signing, now_s = self._oauth.app_id, self._keys.signing, int(self._oauth.now_s())
        journal = make_checkpoint(signing, app_id, "journal", BANK, serial, head, now_s)
        answer = self._oauth.post("checkpoints", journal=journal, **({"kept": kept} if kept is not None else {}))
        word, text = answer.get("countersignature"), answer.get("checkpoint")
        if not isinstance(word, str) or not isinstance(text, str):
            raise JSON_INVALID.problem("The bank's answer lacks a checkpoint or its countersignature.")
        self._require_word(journal, word)
        said = self._believed(text, kept)
        own_word = countersign(signing, app_id, text, now_s)
        self._oauth.post("checkpoints/sign", serial=str(said.serial), countersignature=own_word)
        own, bank = Witnessed(serial, head, journal, word), Witnessed(said.serial, said.hash, text, own_word)
        return Exchanged(own, bank, more=answer.get("more") is True)

    def _require_word(self, journal: str, word: str) -> None:
        try:
            key = self._key_of(countersigner(word))
        except ValueError as error:
            raise JSON_INVALID.problem(f"The countersignature cannot be read: {error}.") from error
        if key is None or not is_countersigned(journal, word, BANK, key):
            raise SIGNATURE_INVALID.problem("The countersignature is not the bank's to this checkpoint.")

    def _believed(self, text: str, kept: str | None) -> Checkpoint:
        try:
            said = read_checkpoint(text)
        except ValueError as error:
            raise JSON_INVALID.problem(f"The bank's checkpoint cannot be read: {error}.") from error
        key = self._key_of(said.statement.kid)
        if key is None or not said.is_by(key) or (said.keeper, said.log, said.to) != (
            BANK, "access_log", self._oauth.app_id,
        ):  # fmt: skip
            raise SIGNATURE_INVALID.problem("The checkpoint is not the bank's for this application.")
        before = read_checkpoint(kept) if kept is not None else None
        if before is not None and (
            said.serial < before.serial or (said.serial == before.serial and said.hash != before.hash)
        ):
            raise LOG_TAMPERED.problem(
                "The bank's log goes back behind the checkpoint that was countersigned.",
                log="access_log",
                serial=said.serial + 1,
            )
        return said
