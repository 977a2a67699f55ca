"""``python -m loadtests.workers``: four workers on one file, and what they do at once comes out exactly.

Prints a line for each check. Exit code 1 where one does not hold. The bank is a throw-away one on free ports; a run
takes about half a minute.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from loadtests.application import LoadApplication, join
from loadtests.workers import exactness, losses
from loadtests.workers.rush import Check, Rush
from scenarios import verification
from scenarios.observe import Bank
from scenarios.passphrase import ephemeral, from_text
from scenarios.world import Plan, World, running_world

CONNECTIONS_PER_WORKER = 8


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _read(arguments)
    environment = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(
            home=Path(folder) / "home",
            # As if a person kept it: the bank is stopped and started again.
            passphrase=from_text(ephemeral().secret),
            workers=asked.workers,
            port_base=asked.port_base,
            people=2,
            weakened=frozenset(asked.weaken),
            environment=environment,
        )
        with running_world(plan) as world:
            holds = [_print(each) for each in checks(world, asked.rounds, asked.transfers, environment)]
        holds += [_print(each) for each in _verified(world)]
    return 0 if all(holds) else 1


def checks(world: World, rounds: int, transfers: int, environment: dict[str, str]) -> Iterator[Check]:
    """All of them, in a world whose bank has several workers."""
    application = LoadApplication(world, join(world, "gm", "workers"))
    connections = CONNECTIONS_PER_WORKER * world.plan.workers
    try:
        payer, payee = world.people[:2]
        rush, mark = Rush(world, application, payer, payee, connections), Bank(world.home).mark()
        rush.begin()
        yield from exactness.checks(rush, rounds, transfers)
        yield exactness.records(rush, mark)
        yield from losses.killed_worker(rush, transfers)
        yield from losses.orderly_stop(rush, transfers, environment)
    finally:
        application.close()


def _verified(world: World) -> Iterator[Check]:
    for each in verification.verify_party(world.home, "bank"):
        yield Check(each.name.en, "whole", each.sentence.en, each.holds)


def _print(check: Check) -> bool:
    verdict = "ok    " if check.holds else "MISSED"
    print(f"{verdict} {check.name}: {check.found}" + ("" if check.holds else f" (asked: {check.asked})"), flush=True)
    return check.holds


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m loadtests.workers", description=__doc__)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=50, help="messages that are sent on every connection at once")
    parser.add_argument("--transfers", type=int, default=400, help="in each rush")
    parser.add_argument("--port-base", type=int, default=0)
    parser.add_argument("--weaken", action="append", default=[], help="a defence to leave out, to see what it does")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
