"""What Locust calls: its options, its beginning and end, and the messages between its processes.

One process or several: each counts for itself, second by second. Customers are dealt out by the master.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from locust import events
from locust.runners import MasterRunner, WorkerRunner

from loadtests.crowd.company import Company
from loadtests.crowd.loud import LOUD
from loadtests.crowd.offenders import OFFENDERS
from loadtests.crowd.people import USERS
from loadtests.crowd.prepared import read
from loadtests.crowd.recording import Recording
from loadtests.profiles import Kind

_DEAL, _REPORT = "customers", "seconds"


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]
def _options(parser: Any) -> None:
    parser.add_argument(
        "--prepared", required=True, include_in_web_ui=False, help="What bank-sandbox load --by-hand has prepared."
    )
    parser.add_argument("--timeline", include_in_web_ui=False, help="Where the seconds are written down.")


@events.init.add_listener  # type: ignore[untyped-decorator]
def _join(environment: Any, runner: Any, **_: Any) -> None:
    """Before anybody comes: read what was prepared, and take the classes that the profile asks for."""
    options = environment.parsed_options
    environment.crowd = crowd = Company(read(Path(options.prepared)), environment, _generator(runner))
    recording = Recording(crowd, runner, Path(options.timeline) if options.timeline else None)
    _choose(environment, crowd)
    if isinstance(runner, WorkerRunner):
        runner.register_message(_DEAL, lambda environment, msg, **_: crowd.deal(msg.data["first"], msg.data["step"]))
        environment.events.report_to_master.add_listener(
            lambda client_id, data: data.update({_REPORT: recording.take()})
        )
    if isinstance(runner, MasterRunner):
        environment.events.worker_report.add_listener(lambda client_id, data: recording.taken(data.get(_REPORT, [])))
    environment.events.test_start.add_listener(lambda environment, **_: _begin(runner, recording))
    environment.events.test_stop.add_listener(lambda environment, **_: _end(runner, recording))


def _choose(environment: Any, crowd: Company) -> None:
    profile = crowd.plan.profile
    for user in (*USERS, *OFFENDERS, *LOUD):
        kind: Kind = user.kind
        user.weight, user.fixed_count = profile.mix.get(kind, 0), profile.beside.get(kind, 0)
    environment.user_classes[:] = [each for each in environment.user_classes if each.weight or each.fixed_count]


def _begin(runner: Any, recording: Recording) -> None:
    if isinstance(runner, MasterRunner):
        for first, worker in enumerate(sorted(runner.clients)):
            runner.send_message(_DEAL, {"first": first, "step": len(runner.clients)}, client_id=worker)
    recording.begin()


def _end(runner: Any, recording: Recording) -> None:
    """What was counted since the last whole second."""
    if not isinstance(runner, MasterRunner):
        recording.close_second()


def _generator(runner: Any) -> str:
    return runner.client_id if isinstance(runner, WorkerRunner) else "generator"
