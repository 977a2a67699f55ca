"""What operators may have the wallet write down for a while, to find a fault: what forms held, if it may be kept.

Every line is judged by the SDK's ``keeping`` before it is written: what tells of a person is not, and the journal says
that it was refused (JR/T 0185 9.3.3-2.1). The file ends with the time that it was asked for: nothing of it stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from app_sim.bank import Problem, require_keepable, require_no_secret
from app_sim.journal import Journal
from app_sim.store import Store

FILE = "diagnostics.log"
LASTS_S = 600
"""Ours: long enough to see a fault again, too short to be forgotten while it is on."""


class Diagnostics:
    """Off until an operator starts it; a wallet that starts anew has none. ``left_out``: checks that a training lacks.

    ``settings``: where the wallet's settings and keys lie.
    """

    def __init__(
        self,
        home: Path,
        store: Store,
        journal: Journal,
        left_out: Callable[[], frozenset[str]],
        now_s: Callable[[], float],
    ) -> None:
        self._home = home
        self._store = store
        self._journal = journal
        self._left_out = left_out
        self._now_s = now_s
        self.until_s = 0.0
        self.stop()

    @property
    def file(self) -> Path:
        return self._home / FILE

    @property
    def is_on(self) -> bool:
        return self._now_s() < self.until_s

    def is_over(self) -> bool:
        """The time that was asked for has passed, and what was written is to go."""
        return 0 < self.until_s <= self._now_s()

    def start(self) -> None:
        self.until_s = self._now_s() + LASTS_S

    def stop(self) -> None:
        """Off, and what was written is gone."""
        self.until_s = 0.0
        self.file.unlink(missing_ok=True)

    def note(self, form: str, members: Iterable[tuple[str, str]], code: str | None) -> None:
        """One line about a form that was sent and what came of it, while diagnostics are on."""
        if not self.is_on:
            return
        line = json.dumps({"form": form, "code": code, **dict(members)}, ensure_ascii=False)
        try:
            require_keepable(line, self._left_out())
        except Problem as problem:
            self._tell("not_kept", form, problem)
            return
        with self.file.open("a") as file:
            file.write(f"{line}\n")

    def check_settings(self) -> None:
        """No key and no secret lies in the wallet's settings: SECRET_IN_CONFIG. The journal says that it was looked."""
        try:
            require_no_secret((self._home,), self._left_out())
        except Problem as problem:
            self._tell("settings_checked", None, problem)
            raise
        self._tell("settings_checked", None, None)

    def _tell(self, event: str, subject: str | None, problem: Problem | None) -> None:
        with self._store.write() as db:
            self._journal.event(db, event, subject, problem)
