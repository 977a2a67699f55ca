"""``python -m loadtests.scale``: the cost of a call with 1,000 and 1,000,000 accounts, with 0 and 5,000,000 records.

Founds three throw-away banks, fills two, and compares each with the first, side by side. Exit code 1 where a ratio is
above 1.3 or the books or chains of a filled bank do not hold. Takes a quarter of an hour and four gigabytes of disk,
most of both for the records; ``--accounts`` and ``--records`` make it smaller.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from loadtests.scale import accounts, records
from loadtests.scale.comparing import RATIO_MAX, Comparison, Subject, compare, subject
from scenarios import verification
from scenarios.home import Home
from scenarios.passphrase import Passphrase, ephemeral, from_text
from scenarios.world import Plan, running_world

_IDLE_S = 10.0


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _read(arguments)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        scale = _Scale(Path(folder), from_text(ephemeral().secret), asked)
        scale.found_and_fill("plain", asked.accounts_few, 0)
        scale.found_and_fill("accounts", asked.accounts, 0)
        scale.found_and_fill("records", asked.accounts_few, asked.records)
        holds = [scale.compare_with(each) for each in ("accounts", "records")]
        whole = [scale.verify(each) for each in ("accounts", "records")] if asked.verify else []
    return 0 if all(holds + whole) else 1


class _Scale:
    """A run under way. Homes are founded, filled at rest, and started again with the same passphrase."""

    def __init__(self, folder: Path, passphrase: Passphrase, asked: argparse.Namespace) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._asked = asked
        self._environment = dict(os.environ)

    def found_and_fill(self, name: str, accounts_min: int, log: int) -> None:
        started_s = time.monotonic()
        with running_world(self._plan(name)):
            pass
        database, now_ms = self._database(name), int(time.time() * 1000)
        accounts.fill(database, accounts_min, now_ms - records.SPAN_MS)
        records.fill(database, log, now_ms)
        size_mb = database.stat().st_size / 1_000_000
        took_s = time.monotonic() - started_s
        print(
            f"{name}: {accounts.count(database)} accounts, {log} records, {size_mb:.0f} MB; made in {took_s:.0f} s",
            flush=True,
        )

    def compare_with(self, name: str) -> bool:
        with ExitStack() as stack:
            plain, filled = (self._subject(stack, each) for each in ("plain", name))
            found = compare(plain, filled, self._asked.rounds, self._asked.count)
            _print(found)
            idle = [each.idle(_IDLE_S) for each in (plain, filled)]
            print(f"idle: {idle[0]:.1f} and {idle[1]:.1f} ms of processor a second", flush=True)
            days = [each.day() for each in (plain, filled)]
            print(f"what falls due in a day: {days[0]:.3f} and {days[1]:.3f} s", flush=True)
        return found.holds

    def verify(self, name: str) -> bool:
        started_s, home = time.monotonic(), Home(self._folder / name)
        verdicts = [verification.books(home), verification.access_log(home)]
        for each in verdicts:
            print(f"{name}: {each.name.en}: {each.sentence.en}", flush=True)
        print(f"{name}: verified in {time.monotonic() - started_s:.0f} s", flush=True)
        return all(each.holds for each in verdicts)

    def _subject(self, stack: ExitStack, name: str) -> Subject:
        world = stack.enter_context(running_world(self._plan(name)))
        return stack.enter_context(subject(name, world, self._environment))

    def _plan(self, name: str) -> Plan:
        return Plan(
            home=self._folder / name,
            passphrase=self._passphrase,
            port_base=0,
            people=2,
            environment=self._environment,
        )

    def _database(self, name: str) -> Path:
        return self._folder / name / "bank" / "bank.db"


def _print(found: Comparison) -> None:
    print(f"{'s per 1,000 calls':<18} {found.first:>9} {found.second:>9}  ratio (at most {RATIO_MAX})", flush=True)
    for cell, before, after, ratio in found.rows():
        verdict = "ok" if ratio <= RATIO_MAX else "MISSED"
        print(f"{cell:<18} {before:>9.3f} {after:>9.3f}  {ratio:.2f} {verdict}", flush=True)


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m loadtests.scale", description=__doc__)
    parser.add_argument("--accounts-few", type=int, default=1_000)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=400, help="calls of each kind in a round")
    parser.add_argument("--folder", type=Path, default=None, help="where the banks lie, by default the system's own")
    parser.add_argument("--no-verify", dest="verify", action="store_false", help="leave books and chains unverified")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
