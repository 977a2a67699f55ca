"""``python -m loadtests.soak``: ten minutes of traffic, and whether memory and file handles stay flat.

Prints each process with what it had after the warm-up and how much it grew since. Exit code 1 where one grew by more
than it may, was replaced, or where a call did not end as it should. The bank is a throw-away one on free ports.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.application import LoadApplication, join
from loadtests.soak.sampling import Sample, processes, sampled
from loadtests.soak.traffic import Traffic, under_way
from loadtests.soak.trend import HANDLES_MAX, MEMORY_KB_MAX, Trend, trend
from scenarios.passphrase import ephemeral
from scenarios.world import Plan, World, running_world


@dataclass(slots=True)
class Soak:
    """``samples`` by process id, whose name ``names`` tells."""

    names: dict[int, str]
    traffic: Traffic
    samples: dict[int, list[Sample]] = field(default_factory=dict)

    def trends(self) -> dict[str, tuple[Trend, Trend]]:
        """Memory in kB and file handles of each process."""
        found = {}
        for pid, samples in self.samples.items():
            times_s = [each.at_s for each in samples]
            memory = trend(times_s, [each.memory_kb for each in samples])
            found[self.names[pid]] = (memory, trend(times_s, [each.handles for each in samples]))
        return found


def soak(world: World, application: LoadApplication, seconds: float, every_s: float, pause_s: float) -> Soak:
    """Let them call for so long, and look at the processes meanwhile. ``RuntimeError`` where one was replaced."""
    started_s = time.monotonic()
    found = Soak(processes(world), Traffic(started_s + seconds))
    with under_way(world, application, found.traffic, pause_s):
        while (at_s := time.monotonic()) < found.traffic.deadline_s:
            for pid, sample in sampled(found.names, at_s - started_s):
                found.samples.setdefault(pid, []).append(sample)
            time.sleep(every_s)
    if processes(world).keys() != found.names.keys():
        raise RuntimeError("a process was replaced during the soak")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _read(arguments)
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(
            home=Path(folder) / "home",
            passphrase=ephemeral(),
            workers=asked.workers,
            port_base=asked.port_base,
            people=3,
            environment=dict(os.environ),
        )
        with running_world(plan) as world:
            application = LoadApplication(world, join(world, "gm", "soak"))
            try:
                found = soak(world, application, asked.minutes * 60, asked.every, asked.pause)
            finally:
                application.close()
    return 0 if _told(found) else 1


def _told(found: Soak) -> bool:
    print(f"{'process':<20} {'memory':>10} {'grew by':>10} {'handles':>8} {'grew by':>8} {'peak':>6}")
    holds = not found.traffic.failed
    for name, (memory, handles) in found.trends().items():
        flat = memory.growth <= MEMORY_KB_MAX and handles.growth <= HANDLES_MAX
        holds = holds and flat
        print(
            f"{name:<20} {memory.level / 1000:>7.1f} MB {memory.growth / 1000:>7.2f} MB {handles.level:>8.0f}"
            f" {handles.growth:>8.1f} {handles.peak:>6.0f}  {'ok' if flat else 'MISSED'}"
        )
    print(f"at most {MEMORY_KB_MAX / 1000:.1f} MB and {HANDLES_MAX:.0f} handles after the warm-up")
    print("done:", ", ".join(f"{name} {count}" for name, count in found.traffic.done.most_common()))
    for name, count in found.traffic.failed.most_common():
        print(f"FOUND {count} times {name}")
    return holds


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m loadtests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=float, default=3.0, help="seconds between two looks at the processes")
    parser.add_argument("--pause", type=float, default=0.02, help="seconds between two calls of the application")
    parser.add_argument("--port-base", type=int, default=0)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
