"""Two logs vouch for each other: the bank's access log and an application's journal, each a witness of the other.

    exchange   the application shows its journal's checkpoint and what it keeps of the bank's; each gets the other's
    sign       its countersignature comes

Before the bank signs how far its log has come, it walks the stretch since the checkpoint that this application keeps.
So a log that was altered, shortened or made anew is found out by whoever did not take part in it, at the next exchange
and with an alarm; nothing is signed then (JR/T 0185 12.3 a 3, b).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlite_utils import Database

from bank_sim.audit import checkpoints
from bank_sim.audit.anchors import end_of_archived
from bank_sim.audit.checkpoints import KeptCheckpoint, Stretch
from bank_sim.clock import Clock
from bank_sim.keys import BankKeys
from bank_sim.keys.ring import keys_of
from bank_sim.monitor import alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.rules import rules_of
from bank_sim.policy import Policy
from bank_sim.registry.parties import Application, Credential
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checkpoints import (
    BANK,
    Checkpoint,
    countersign,
    is_countersigned,
    make_checkpoint,
    read_checkpoint,
)
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.keypairs import PublicKey, public_from_jwk
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Store


@dataclass(slots=True)
class ExchangeCase:
    """Two checkpoints on their way through the checks. ``kept``: of the bank's log, None for whoever has none yet.

    ``earlier``: the journal's newest that the bank keeps; ``stretch``: the records since ``kept``, once walked.
    """

    store: Store
    app_id: str
    journal: Checkpoint
    kept: Checkpoint | None
    earlier: KeptCheckpoint | None
    application_keys: list[PublicKey]
    stretch: Stretch | None = None


@dataclass(slots=True)
class SignCase:
    """A countersignature that has come, and the checkpoint that it must be of."""

    app_id: str
    checkpoint: str
    countersignature: str
    application_keys: list[PublicKey] = field(default_factory=list)


def journal_is_the_applications(case: ExchangeCase) -> None:
    """It is of the journal of this application, for the bank, and signed by a key of its own: SIGNATURE_INVALID."""
    said = case.journal
    if (said.keeper, said.log, said.to) != (case.app_id, "journal", BANK):
        raise problems.PARAM_INVALID.problem("The checkpoint is not of this application's journal.")
    if not any(said.is_by(each) for each in case.application_keys):
        raise problems.SIGNATURE_INVALID.problem("No key of this application signed the checkpoint.")


def journal_goes_on(case: ExchangeCase) -> None:
    """It goes on from the one before: LOG_TAMPERED for a journal that was shortened, or is another one."""
    earlier, said = case.earlier, case.journal
    if earlier is None:
        return
    if said.serial < earlier.serial or (said.serial == earlier.serial and said.hash != earlier.hash):
        raise problems.LOG_TAMPERED.problem(
            f"Your journal does not go on from record {earlier.serial}, which the bank has countersigned.",
            log="journal",
            serial=earlier.serial,
        )


def kept_is_the_banks(case: ExchangeCase) -> None:
    """What it keeps is a checkpoint that the bank made for it: PARAM_INVALID."""
    if case.kept is None:
        return
    meant = (case.kept.keeper, case.kept.log, case.kept.to) == (BANK, "access_log", case.app_id)
    if not meant or not any(case.kept.is_by(each) for each in _own_signing_keys(case.store)):
        raise problems.PARAM_INVALID.problem("The checkpoint that you keep is none of the bank's for you.")


def log_passes_through_checkpoints(case: ExchangeCase) -> None:
    """The log still has the record that the other one keeps: LOG_TAMPERED, with its serial."""
    kept = case.kept
    if kept is None or kept.serial < end_of_archived(case.store, "access_log")[0]:
        return
    if kept.serial and checkpoints.hash_at(case.store, kept.serial) != kept.hash:
        raise _tampered(kept.serial)


def log_chain_holds(case: ExchangeCase) -> None:
    """Each record since then follows from the one before: LOG_TAMPERED, with the serial of the first that does not."""
    stretch = _stretch(case)
    if stretch.first_bad is not None:
        raise _tampered(stretch.first_bad)


def countersignature_is_the_applications(case: SignCase) -> None:
    """It is of this very checkpoint, by a key of the application: SIGNATURE_INVALID."""
    text, word = case.checkpoint, case.countersignature
    if not any(is_countersigned(text, word, case.app_id, each) for each in case.application_keys):
        raise problems.SIGNATURE_INVALID.problem("This is no countersignature of yours to the checkpoint.")


EXCHANGE: CheckTable[ExchangeCase] = CheckTable(
    [
        row("journal_checkpoint", journal_is_the_applications, "exchange", "12.3-2.2"),
        row("journal_goes_on", journal_goes_on, "exchange", "12.3-2.2"),
        row("kept_checkpoint", kept_is_the_banks, "exchange", "12.3-1.3"),
        row("log_checkpoints", log_passes_through_checkpoints, "exchange", "12.3-1.3"),
        row("log_chain", log_chain_holds, "exchange", "12.3-1.3"),
    ]
)
SIGN: CheckTable[SignCase] = CheckTable(
    [row("countersignature", countersignature_is_the_applications, "sign", "12.3-1.3 12.3-2.2")]
)
DEFENCES = frozenset(each.name for each in EXCHANGE.rows) | frozenset(each.name for each in SIGN.rows)
"""The rows that a training run may leave out."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What the application gets. ``more``: the log has gone further than this checkpoint; ask again for the rest."""

    checkpoint: str
    countersignature: str
    more: bool


class Witnessing:
    """The bank's end of the exchange."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        policy: Policy,
        keys: BankKeys,
        weakened: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._keys = keys
        self._weakened = weakened

    def exchange(
        self, db: Database, application: Application, journal: str, kept: str | None, keys: Iterable[Credential]
    ) -> Exchanged:
        """Judge both, countersign the journal's, make one of the bank's own log. PARAM_INVALID, SIGNATURE_INVALID.

        LOG_TAMPERED, with ``log`` and ``serial``, and an alarm: one of the two logs is not what it was.
        """
        app_id = application.app_id
        said, keeps = _checkpoint(journal), _checkpoint(kept) if kept is not None else None
        earlier = checkpoints.newest(self._store, app_id, "journal")
        case = ExchangeCase(self._store, app_id, said, keeps, earlier, _serving(keys, self._clock.now_ms()))
        try:
            EXCHANGE.run(case, "exchange", self._weakened())
        except Problem as problem:
            if problem.kind is problems.LOG_TAMPERED:
                self._alarm(db, app_id, problem)
            raise
        signer, now_ms = self._keys.signing(application.suite), self._clock.now_ms()
        word = countersign(signer, BANK, journal, now_ms // 1000)
        checkpoints.keep(db, KeptCheckpoint(app_id, "journal", said.serial, said.hash, now_ms, journal, word))
        return self._made(db, application, _stretch(case), word, now_ms)

    def sign(self, db: Database, app_id: str, serial: int, countersignature: str, keys: Iterable[Credential]) -> None:
        """Keep the application's word on a checkpoint. RESOURCE_NOT_FOUND, STATE_CHANGED, SIGNATURE_INVALID."""
        found = checkpoints.find(self._store, app_id, "access_log", serial)
        if found is None:
            raise problems.RESOURCE_NOT_FOUND.problem("The bank made no such checkpoint for you.")
        case = SignCase(app_id, found.checkpoint, countersignature, _serving(keys, self._clock.now_ms()))
        SIGN.run(case, "sign", self._weakened())
        if not checkpoints.countersigned(db, app_id, serial, countersignature):
            raise problems.STATE_CHANGED.problem()

    def _made(self, db: Database, application: Application, stretch: Stretch, word: str, now_ms: int) -> Exchanged:
        app_id, serial = application.app_id, stretch.through
        found = checkpoints.find(self._store, app_id, "access_log", serial)
        if found is None:
            head = stretch.hashes[-1] if stretch.hashes else checkpoints.hash_at(self._store, serial) or bytes(32)
            signer = self._keys.signing(application.suite)
            text = make_checkpoint(signer, BANK, "access_log", app_id, serial, head, now_ms // 1000, stretch.hashes)
            found = KeptCheckpoint(app_id, "access_log", serial, head, now_ms, text, None)
            checkpoints.keep(db, found)
        newest = self._store.read("SELECT ifnull(max(serial), 0) FROM access_log")[0][0]
        return Exchanged(found.checkpoint, word, more=newest > serial)

    def _alarm(self, db: Database, app_id: str, problem: Problem) -> None:
        own = problem.members.get("log") != "journal"
        name = "LOG_TAMPERED" if own else "LOGS_CONTRADICT"
        rule = next(each for each in rules_of(self._policy) if each.name == name)
        found = Finding(rule, "" if own else app_id, 1, int(str(problem.members["serial"])) if own else None)
        alarms.strike(db, found, self._clock.now_ms())


def _stretch(case: ExchangeCase) -> Stretch:
    """The records since the checkpoint that is kept, or since the archive's end, walked through once."""
    if case.stretch is None:
        archived, end = end_of_archived(case.store, "access_log")
        after = max(archived, case.kept.serial) if case.kept is not None else archived
        start = end if after == archived else checkpoints.hash_at(case.store, after) or bytes(32)
        case.stretch = checkpoints.walk(case.store, after, start)
    return case.stretch


def _checkpoint(text: str) -> Checkpoint:
    try:
        return read_checkpoint(text)
    except ValueError as error:
        raise problems.PARAM_INVALID.problem(f"The checkpoint cannot be read: {error}.") from error


def _own_signing_keys(store: Store) -> list[PublicKey]:
    """Every signing key that the bank ever had: what was signed by one that is retired was signed all the same."""
    return [public_from_jwk(each.public()) for each in keys_of(store.read) if each.use == "sig"]


def _serving(keys: Iterable[Credential], now_ms: int) -> list[PublicKey]:
    return [
        each.key
        for each in keys
        if isinstance(each.key, PublicKey)
        and each.status != "revoked"
        and each.not_before_ms <= now_ms < each.not_after_ms
    ]


def _tampered(serial: int) -> Problem:
    return problems.LOG_TAMPERED.problem(
        f"The bank's log is not what it was when you countersigned it: record {serial}.",
        log="access_log",
        serial=serial,
    )
