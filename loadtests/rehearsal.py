"""One rehearsal under load, from the founding of a bank to the verdicts: prepares, runs Locust, follows it, judges.

The bank is a throw-away one on free ports of this machine; a sandbox that is running is not touched. Locust runs in
processes of its own: one, or a master and several workers. Bounded in time and number by the plan.
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Literal

import msgspec

from loadtests.course import Course
from loadtests.crowd.tally import Second
from loadtests.load_report import LoadReport
from loadtests.objectives import Objectives, judge
from loadtests.preparing import Preparation, prepare
from loadtests.profiles import Plan
from loadtests.servers import cpu_seconds, machine_seconds
from loadtests.settling import settled
from scenarios.failures import BrokenSurroundings
from scenarios.observe import Bank
from scenarios.passphrase import ephemeral
from scenarios.world import Plan as WorldPlan
from scenarios.world import World, running_world

LOCUSTFILE = Path(__file__).parent / "locustfile.py"
_PATIENCE_S = 90.0
_GLANCE_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``workers`` of the bank's gateway; ``generators``: processes of Locust, more than one with a master above."""

    plan: Plan
    wanted: Objectives
    suite: Literal["gm", "intl"] = "gm"
    workers: int = 1
    generators: int = 1
    weakened: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Heard:
    """Who is told how it goes: of each step, and of each second of the run."""

    step: Callable[[str], None]
    second: Callable[[Second], None]


def rehearse(asked: Asked, environment: Mapping[str, str], heard: Heard) -> LoadReport:
    """Everything, and the report. ``BrokenSurroundings`` where Locust is missing or gives up."""
    require_locust()
    with TemporaryDirectory(prefix="bank-sandbox-load-") as name, ExitStack() as stack:
        folder = Path(name)
        heard.step("founding a bank")
        world = stack.enter_context(running_world(world_plan(asked, folder, environment)))
        report = rehearse_in(world, asked, folder, environment, heard)
        heard.step("stopping the bank; verifying its books and chains")
        # Verified at rest: what was accepted is finished by then.
        stack.close()
        return report.with_verdicts(settled(world.home, report.mark, report.course.serials))


def rehearse_in(world: World, asked: Asked, folder: Path, environment: Mapping[str, str], heard: Heard) -> LoadReport:
    """The part within a running world: speed, budget and fairness are judged; books and chains are not yet."""
    preparation = prepare(world, asked.plan, asked.suite, folder, heard.step)
    heard.step(f"{preparation.consents} consents in {preparation.seconds:.1f} s; now they come")
    mark, bank = Bank(world.home).mark(), next(each for each in world.parties if each.party.name == "bank")
    before = cpu_seconds(bank.pid), machine_seconds()
    course = _run(world, asked, preparation, folder, environment, heard)
    bank_s, (busy_s, all_s) = cpu_seconds(bank.pid) - before[0], machine_seconds(before[1])
    return LoadReport(
        asked=asked,
        preparation=preparation,
        course=course,
        bank_cpu_s=bank_s,
        others_percent=100 * max(0.0, busy_s - bank_s - course.cpu_s) / all_s,
        verdicts=judge(course, asked.plan, asked.wanted),
        mark=mark,
    )


def world_plan(asked: Asked, folder: Path, environment: Mapping[str, str]) -> WorldPlan:
    """A bank with as many customers as the profile wants, and one more to be paid."""
    return WorldPlan(
        home=folder / "home",
        passphrase=ephemeral(),
        suite=asked.suite,
        workers=asked.workers,
        port_base=0,
        people=asked.plan.profile.customers + 1,
        weakened=asked.weakened,
        environment=environment,
    )


def require_locust() -> None:
    """Load needs a library that nothing else needs."""
    if importlib.util.find_spec("locust") is None:
        raise BrokenSurroundings("Load needs Locust: pip install locust, into the environment of bank-sandbox.")


def _run(
    world: World, asked: Asked, preparation: Preparation, folder: Path, environment: Mapping[str, str], heard: Heard
) -> Course:
    timeline = folder / "timeline.jsonl"
    timeline.touch()
    deadline_s = time.monotonic() + asked.plan.profile.seconds + _PATIENCE_S
    seconds: list[Second] = []
    with _locust(asked.generators, preparation.path, timeline, folder, environment) as processes:
        for each in _followed(timeline, processes, deadline_s):
            if not seconds:
                _arrange_fault(world, asked.plan, each)
            seconds.append(each)
            heard.second(each)
        _require_well(processes, folder, seconds)
    world.require_alive()
    if asked.plan.profile.fault is not None:
        world.control.clear_faults()
    return Course(seconds)


def _arrange_fault(world: World, plan: Plan, first: Second) -> None:
    """The fault begins at its second of the run, by the bank's own schedule."""
    fault = plan.profile.fault
    if fault is not None:
        elapsed_s = time.time() - first.began_s
        world.control.add_fault(
            fault.kind,
            parameters=fault.parameters,
            share_percent=fault.share_percent,
            after_s=max(0, round(fault.from_s - elapsed_s)),
            for_s=max(1, round(fault.for_s)),
        )


def locust_command(prepared: Path, *options: str) -> list[str]:
    """Locust on our crowd, listening on this machine alone."""
    return [sys.executable, "-P", "-m", "locust", "-f", str(LOCUSTFILE), "--prepared", str(prepared), *options]


@contextmanager
def _locust(
    generators: int, prepared: Path, timeline: Path, folder: Path, environment: Mapping[str, str]
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes, the one that writes the timeline first; none is left however the block ends."""
    first = ["--headless", "--only-summary", "--stop-timeout", "10", "--exit-code-on-error", "0"]
    first += ["--timeline", str(timeline)]
    port = str(_free_port())
    if generators > 1:
        first += ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port]
        first += ["--expect-workers", str(generators)]
    workers = [["--worker", "--master-host", "127.0.0.1", "--master-port", port]] * (
        generators if generators > 1 else 0
    )
    with ExitStack() as stack:
        processes = []
        for number, options in enumerate([first, *workers]):
            log = stack.enter_context((folder / f"locust-{number}.log").open("wb"))
            processes.append(_spawned(locust_command(prepared, *options), log, environment))
            stack.callback(_stop, processes[-1])
        yield processes


def _spawned(command: list[str], log: IO[bytes], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own locustfile
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(environment)
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _followed(timeline: Path, processes: list[subprocess.Popen[bytes]], deadline_s: float) -> Iterator[Second]:
    """The seconds as they are written, until Locust has ended; ``BrokenSurroundings`` where it does not end."""
    decoder = msgspec.json.Decoder(Second)
    with timeline.open("rb") as file:
        rest, over = b"", False
        while True:
            rest += file.read()
            *lines, rest = rest.split(b"\n")
            yield from (decoder.decode(line) for line in lines)
            if over:
                return
            over = processes[0].poll() is not None
            if time.monotonic() > deadline_s:
                raise BrokenSurroundings("Locust did not end in time; the run is void.")
            if not over:
                time.sleep(_GLANCE_S)


def _require_well(processes: list[subprocess.Popen[bytes]], folder: Path, seconds: list[Second]) -> None:
    if processes[0].returncode or not seconds:
        said = (folder / "locust-0.log").read_text(errors="replace").strip().splitlines()
        raise BrokenSurroundings(f"Locust gave up: {said[-1] if said else 'without a word'}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
