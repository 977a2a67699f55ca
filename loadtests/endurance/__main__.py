"""``python -m loadtests.endurance``: 500 payments, an accident in each, and the verdict on what is left.

Prints a table by kind of accident and what does not agree. Exit code 1 where anything does not. The bank is a
throw-away one on free ports; a run on two quiet cores takes some ten minutes. ``--seed`` repeats a run's accidents.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from loadtests.endurance import aftermath
from loadtests.endurance.accidents import WEIGHTS
from loadtests.endurance.aftermath import Aftermath
from loadtests.endurance.rehearsing import PAYMENTS_EACH, Asked, Rehearsal, rehearse
from scenarios.passphrase import ephemeral, from_text
from scenarios.world import Plan, running_world

_OF_LINUX = frozenset({"bank_disk", "wallet_disk"})


def kinds_here() -> list[str]:
    """The accidents that this system can have."""
    return [each for each in WEIGHTS if each not in _OF_LINUX or hasattr(psutil, "RLIMIT_FSIZE")]


def main(arguments: Sequence[str] | None = None) -> int:
    asked, port_base, folder = _read(arguments)
    environment, started_s = dict(os.environ), time.monotonic()
    with tempfile.TemporaryDirectory() as own:
        home = (folder or Path(own)) / "home"
        plan = Plan(
            home=home,
            # As if a person kept it: whoever is killed starts again with it.
            passphrase=from_text(ephemeral().secret),
            port_base=port_base,
            people=2 + asked.transfers // PAYMENTS_EACH,
            environment=environment,
        )
        print(f"seed {asked.seed}; {asked.transfers} payments; accidents: {', '.join(asked.kinds)}", flush=True)
        with running_world(plan) as world:
            found, after = rehearse(world, asked, environment, lambda line: print(line, flush=True))
            broken = aftermath.broken(world.home)
    print("\n".join([*_table(found), *_told(found, after, time.monotonic() - started_s)]))
    findings = [*after.findings(), *broken]
    print("\n".join(f"FOUND {each}" for each in findings) or "every payment once or not at all; nothing unresolved: ok")
    return 1 if findings else 0


def _table(found: Rehearsal) -> list[str]:
    lines = [f"{'accident':<12} {'struck':>6}  {'back after (median, most)':<26} what the wallet said then"]
    for kind, outcomes in sorted(found.outcomes.items()):
        took = found.recoveries_s.get(kind, [])
        back = f"{statistics.median(took):.2f} s, {max(took):.2f} s" if took else "–"
        said = ", ".join(f"{name} {count}" for name, count in outcomes.most_common())
        lines.append(f"{kind:<12} {len(took):>6}  {back:<26} {said}")
    return lines


def _told(found: Rehearsal, after: Aftermath, seconds: float) -> list[str]:
    return [
        f"{found.struck} accidents, {found.missed} that never came to be due; {found.resolved} payments were found"
        " executed by looking again",
        f"{len(after.ordered)} orders at the wallet, {after.executed} executed at the bank, {len(found.told)} told to"
        f" users; {seconds:.0f} s",
    ]


def _read(arguments: Sequence[str] | None) -> tuple[Asked, int, Path | None]:
    parser = argparse.ArgumentParser(prog="python -m loadtests.endurance", description=__doc__)
    parser.add_argument("--transfers", type=int, default=500)
    parser.add_argument("--every", type=int, default=1, help="an accident in each so-many-th payment")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--kind", action="append", choices=list(WEIGHTS), help="only this kind; may be repeated")
    parser.add_argument("--port-base", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=None, help="an empty directory in which everything stays")
    given = parser.parse_args(arguments)
    seed = secrets.randbelow(2**31) if given.seed is None else given.seed
    kinds = given.kind or kinds_here()
    asked = Asked(transfers=given.transfers, seed=seed, kinds=kinds, every=given.every)
    return asked, given.port_base, given.keep


if __name__ == "__main__":
    sys.exit(main())
