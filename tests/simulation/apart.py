"""What the tests play, in a process apart: a simulation takes time and chance of its whole process into its hands.

Whatever else runs in a worker of the tests, such as a listener of a sandbox, would wait for a clock that stands still.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from scenarios.simulation.foundation import Foundation
from scenarios.simulation.play import Outcome, Setting, play, shortest

SEEDS_TO_FAIL, STEPS_TO_FAIL = range(1, 25), 400
REWRITTEN_AT = 110


@cache
def _founded(folder: str) -> Foundation:
    """One foundation for all plays; ``folder`` goes with the test session."""
    return Foundation.new(Path(mkdtemp(dir=folder)) / "founded", "intl")


def played(folder: str, setting: Setting) -> Outcome:
    return play(_founded(folder), setting)


def told(folder: str, setting: Setting) -> tuple[Outcome, list[dict[str, object]]]:
    """With each step as it was told."""
    heard: list[dict[str, object]] = []
    return play(_founded(folder), setting, heard.append), heard


def first_failure(folder: str, weakened: str) -> Outcome:
    for seed in SEEDS_TO_FAIL:
        outcome = play(_founded(folder), Setting(seed, STEPS_TO_FAIL, (weakened,), hostile=True))
        if not outcome.holds:
            return outcome
    raise AssertionError(f"nothing is violated without {weakened}")


def rewritten(folder: str) -> tuple[Outcome, Outcome]:
    """Somebody with the file open makes a refusal of the newest call: as it was found, and traced back."""
    founded = _founded(folder)

    def rewrite(step: dict[str, object]) -> None:
        if step["step"] == REWRITTEN_AT:
            (home,) = founded.home.parent.glob("simulated-*")
            with closing(sqlite3.connect(home / "home" / "bank" / "bank.db")) as db, db:
                db.execute("DROP TRIGGER access_log_is_not_rewritten")
                newest = "serial = (SELECT max(serial) FROM access_log)"
                assert db.execute(f"UPDATE access_log SET status = 599 WHERE {newest}").rowcount == 1

    found = play(founded, Setting(1, 140, full_every=20), rewrite)
    return found, shortest(founded, found, rewrite)
