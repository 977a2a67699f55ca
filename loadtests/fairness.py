"""Whether a flooded neighbour slows the others: one application at ten times its limit, another that minds its own.

``python -m loadtests.fairness``: one worker, two applications over real TLS. The quiet one keeps a steady pace, alone
and beside the flood in turns, so that whatever else the machine does falls on both; its 95th percentile beside the
flood is divided by the one alone. Exit code 1 where the median of these ratios is above the objective.
"""

from __future__ import annotations

import argparse
import math
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from loadtests.application import LoadApplication, join
from loadtests.paced import Pace, PacedJob
from loadtests.preparing import limit
from loadtests.presigned import Presigner
from loadtests.volley import Job
from scenarios.passphrase import ephemeral
from scenarios.world import Plan, World, running_world

RATIO_MAX = 1.5
_PATH = "/api/rates"
_LIMIT_A_SECOND, _FLOOD_FACTOR = 40, 10
_QUIET_A_SECOND = 40
_FLOOD_CONNECTIONS, _QUIET_CONNECTIONS = 16, 2
_LATE_S = 30.0


@dataclass(slots=True)
class Fairness:
    """``alone_ms`` and ``beside_ms``: the quiet one's 95th percentile, round by round; ``flood``: answers by status."""

    alone_ms: list[float] = field(default_factory=list)
    beside_ms: list[float] = field(default_factory=list)
    flood: Counter[int] = field(default_factory=Counter)
    refused_quiet: int = 0

    @property
    def ratio(self) -> float:
        """The median over the rounds, each against the round alone before it."""
        return statistics.median(beside / alone for alone, beside in zip(self.alone_ms, self.beside_ms, strict=True))


def measure(world: World, rounds: int, seconds: int, heard: Callable[[str], None]) -> Fairness:
    """Flood and quiet in turns; the flood's limit is set by the bank's staff, live."""
    quiet, loud = (LoadApplication(world, join(world, suite)) for suite in ("gm", "gm"))
    found = Fairness()
    try:
        limit(world, loud.presigner.app_id, _LIMIT_A_SECOND)
        for number in range(rounds):
            alone, _ = _round(world, quiet.presigner, None, seconds)
            beside, flood = _round(world, quiet.presigner, loud.presigner, seconds)
            found.alone_ms.append(_p95_ms(alone))
            found.beside_ms.append(_p95_ms(beside))
            found.flood.update(flood.statuses if flood is not None else {})
            found.refused_quiet += sum(
                count for pace in (alone, beside) for status, count in pace.statuses.items() if status != 200
            )
            heard(
                f"round {number + 1}: {found.alone_ms[-1]:.1f} ms alone, {found.beside_ms[-1]:.1f} ms beside the flood"
            )
    finally:
        quiet.close()
        loud.close()
    return found


def _round(world: World, quiet: Presigner, loud: Presigner | None, seconds: int) -> tuple[Pace, Pace | None]:
    jobs = [_job(world, quiet, _QUIET_A_SECOND, _QUIET_CONNECTIONS, seconds)]
    if loud is not None:
        jobs.append(_job(world, loud, _LIMIT_A_SECOND * _FLOOD_FACTOR, _FLOOD_CONNECTIONS, seconds + 1))
    processes = [_begun(each) for each in reversed(jobs)]
    paces = [_ended(each) for each in reversed(processes)]
    return paces[0], (paces[1] if loud is not None else None)


def _job(world: World, presigner: Presigner, a_second: int, connections: int, seconds: int) -> PacedJob:
    requests = [presigner.signed_query(_PATH) for _ in range(a_second * seconds)]
    port = int(world.addresses.gateway.rpartition(":")[2])
    job = Job(
        port=port,
        ca_certificate=str(world.authority),
        connections=connections,
        requests=requests,
        deadline_s=seconds + _LATE_S,
    )
    return PacedJob(job=job, interval_us=1_000_000 // a_second)


def _begun(job: PacedJob) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-m", "loadtests.paced"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(msgspec.msgpack.encode(job))
    process.stdin.close()
    return process


def _ended(process: subprocess.Popen[bytes]) -> Pace:
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.read()
    if process.wait() != 0:
        raise SystemExit("the load generator gave up")
    return msgspec.msgpack.decode(said, type=Pace)


def _p95_ms(pace: Pace) -> float:
    found = sorted(each for latencies in pace.latencies_us.values() for each in latencies)
    return found[max(0, math.ceil(0.95 * len(found)) - 1)] / 1000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m loadtests.fairness", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each half of a round")
    parser.add_argument("--port-base", type=int, default=0)
    parser.add_argument("--weaken", action="append", default=[], help="a defence to leave out, to see what it does")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        home, weakened = Path(folder) / "home", frozenset(asked.weaken)
        plan = Plan(home=home, passphrase=ephemeral(), port_base=asked.port_base, weakened=weakened)
        with running_world(plan) as world:
            found = measure(world, asked.rounds, asked.seconds, print)
    print(f"flood, answers by status: {dict(found.flood)}; refusals of the quiet one: {found.refused_quiet}")
    fair = found.ratio <= RATIO_MAX and found.refused_quiet == 0
    verdict = "ok" if fair else "MISSED"
    print(f"95th percentile beside the flood to alone: {found.ratio:.2f} (at most {RATIO_MAX}) {verdict}")
    return 0 if fair else 1


if __name__ == "__main__":
    sys.exit(main())
