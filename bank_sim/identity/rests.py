"""Who must rest at the moment: logins, addresses and phones whose attempts are used up, for the staff to see and free.

``attempts`` keeps digests only, for people type passwords into name fields. So a rest is shown under a name that the
bank knows anyway, a customer's or an address's; what was typed and belongs to nobody stays a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.identity.attempts import Attempts
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.suites import digest
from bank_sim.store import Store

RestKind = Literal["login", "source", "sms", "staff", "staff-source"]


@dataclass(frozen=True, slots=True)
class Rest:
    """``subject``: a login name, an address, or for ``sms`` a customer's id. It ends by itself at ``until_s``."""

    kind: RestKind
    subject: str
    until_s: int


class Rests:
    """Reads what ``attempts`` counts, under the names that the bank knows."""

    def __init__(self, store: Store, clock: Clock, policy: Policy) -> None:
        self._store = store
        self._clock = clock
        self._attempts = Attempts(clock)
        self._limits: dict[RestKind, int] = {
            "login": policy.login_tries,
            "source": policy.login_source_tries,
            "sms": policy.otp_sends_day_max,
            "staff": policy.login_tries,
            "staff-source": policy.login_source_tries,
        }

    def in_force(self, sources: Iterable[str], staff: Iterable[str]) -> tuple[list[Rest], int]:
        """The rests of known subjects, and how many there are of unknown ones.

        ``sources``: the addresses that may be meant; ``staff``: login names of the bank's own people.
        """
        rows = self._store.read(
            "SELECT subject_sm3, count, until_s FROM attempts WHERE until_s > ? AND count >= ?",
            (int(self._clock.now_s()), min(self._limits.values())),
        )
        counted = {subject_sm3: (count, until_s) for subject_sm3, count, until_s in rows}
        found: list[Rest] = []
        for kind, subject in self._known(sources, staff) if counted else ():
            count, until_s = counted.pop(_sm3(kind, subject), (0, 0))
            if count >= self._limits[kind]:
                found.append(Rest(kind, subject, until_s))
        unknown = sum(count >= self._limits["login"] for count, _ in counted.values())
        return sorted(found, key=lambda each: each.until_s), unknown

    def release(self, db: Database, kind: str, subject: str) -> None:
        """Give the attempts back. STATE_CHANGED where there is nothing to give back."""
        if kind not in self._limits or self._attempts.rest_s(db, f"{kind}:{subject}") == 0:
            raise problems.STATE_CHANGED.problem()
        self._attempts.forgive(db, f"{kind}:{subject}")

    def _known(self, sources: Iterable[str], staff: Iterable[str]) -> Iterator[tuple[RestKind, str]]:
        for login_name, customer_id in self._store.read("SELECT login_name, customer_id FROM credentials"):
            yield "login", login_name
            yield "sms", customer_id
        for source in sources:
            yield "source", source
            yield "staff-source", source
        for login_name in staff:
            yield "staff", login_name


def _sm3(kind: RestKind, subject: str) -> bytes:
    return digest("gm", f"{kind}:{subject}".encode())
