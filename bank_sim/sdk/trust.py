"""Which keys the application takes for the bank's, as they change: pinned at registration, followed ever since.

It begins with the pins and believes a new set only if a key that it trusts vouches for it (``protocol.keysets``), so
that neither a restart nor a hand is needed when the bank rotates. It asks when an answer is signed by another key than
the one in force, when what it knows is old, and when it is told to; what it learns goes to ``keep``, so that a restart
knows it too. It trusts no key that came with an answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from bank_sim.sdk.clock import Clock
from bank_sim.sdk.credentials import BankKeys, BankSettings
from bank_sim.sdk.protocol.keypairs import PublicKey
from bank_sim.sdk.protocol.keysets import KeySetCase, require_key_set
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.training import LeftOut, nothing

KEY_SET_PATH = "/.well-known/jwks.jwt"
# Whoever forges answers must not be able to make the application ask all the time.
PAUSE_S = 5.0

Keep = Callable[[dict[str, Any]], None]


class BankTrust:
    """The bank's keys as one client knows them. Threads may share it; whoever comes while another asks goes on.

    ``fetch`` gets the text at a path of the gateway, or raises ``Problem``; ``keep`` is handed the document to start
    from next time, in the place of ``bank_jwks``.
    """

    def __init__(
        self,
        settings: BankSettings,
        clock: Clock,
        fetch: Callable[[str], str],
        keep: Keep | None,
        left_out: LeftOut = nothing,
    ) -> None:
        self._left_out = left_out
        self._settings = settings
        self._clock = clock
        self._fetch = fetch
        self._keep = keep
        self._asking = threading.Lock()
        self._keys = BankKeys(settings.bank_jwks, settings.suite)
        known = settings.bank_jwks
        self._serial = int(known.get("serial", 0))
        self._revoked = frozenset(known.get("revoked", ()))
        self._read_s = float(known.get("read_s", clock.now_s()))
        self._asked_s = float("-inf")

    @property
    def sealing(self) -> PublicKey:
        """The key that sensitive fields of requests are sealed to."""
        return self._keys.sealing

    def verifying(self, keyid: str | None) -> dict[str, PublicKey]:
        """The keys that may have signed an answer that names ``keyid``, by kid; asks first where that one is new.

        A key that is not the one in force tells that something has changed: after an emergency the key made
        beforehand signs, and the set says which one is lost.
        """
        if keyid is not None and keyid != self._keys.signing_kid:
            self._ask_unless_just_asked()
        return self._keys.verifying

    def keep_fresh(self) -> None:
        """Ask if what is known is old. A bank that does not answer now is none the less believed."""
        if not 0 <= self._clock.now_s() - self._read_s <= self._settings.bank_keys_age_s_max:
            self._ask_unless_just_asked()

    def outgrown(self, sealed_to: PublicKey) -> bool:
        """After a refusal of what was sealed to a key: whether the bank has another one now."""
        self._ask_unless_just_asked()
        return self._keys.sealing != sealed_to

    def refresh(self) -> None:
        """Ask now, as when the bank has told of a change. KEY_SET_UNTRUSTED; SERVICE_UNAVAILABLE and its kin."""
        with self._asking:
            self._refresh()

    def _ask_unless_just_asked(self) -> None:
        # A clock that was set back since must not keep the client from asking until it has caught up.
        if 0 <= self._clock.now_s() - self._asked_s < PAUSE_S or not self._asking.acquire(blocking=False):
            return
        try:
            self._refresh()
        except Problem:
            # What is known stays in force: a set that is not believed, or not to be had, takes nothing away.
            return
        finally:
            self._asking.release()

    def _refresh(self) -> None:
        settings, now_s = self._settings, self._clock.now_s()
        self._asked_s = now_s
        text = self._fetch(f"{KEY_SET_PATH}?suite={settings.suite}")
        case = KeySetCase(
            text, settings.issuer, settings.suite, self._keys.verifying, self._revoked, self._serial, now_s
        )
        said = require_key_set(case, settings.weakened | self._left_out())
        self._believe(
            {
                "keys": [dict(each) for each in said.keys],
                "serial": said.serial,
                "revoked": sorted(self._revoked | said.revoked),
                "read_s": now_s,
            }
        )

    def _believe(self, document: Mapping[str, Any]) -> None:
        changed = document["serial"] != self._serial
        self._keys = BankKeys(document, self._settings.suite)
        self._serial, self._revoked = document["serial"], frozenset(document["revoked"])
        self._read_s = document["read_s"]
        if changed and self._keep is not None:
            self._keep(dict(document))
