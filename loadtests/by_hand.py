"""For whoever drives Locust themselves: a bank with everything prepared, and the commands to start Locust with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from loadtests.objectives import Verdict
from loadtests.preparing import prepare
from loadtests.rehearsal import LOCUSTFILE, Asked, require_locust, world_plan
from loadtests.settling import whole
from scenarios.world import running_world

_GLANCE_S = 0.5


def by_hand(asked: Asked, environment: Mapping[str, str], tell: Callable[[str], None]) -> list[Verdict]:
    """Keep the bank until Ctrl-C; then say whether its books and chains hold. Faults of a profile are not arranged."""
    require_locust()
    with TemporaryDirectory(prefix="bank-sandbox-load-") as name:
        folder = Path(name)
        tell("founding a bank …")
        with running_world(world_plan(asked, folder, environment)) as world:
            prepared = prepare(world, asked.plan, asked.suite, folder, lambda step: tell(f"{step} …"))
            for line in commands(prepared.path):
                tell(line)
            with suppress(KeyboardInterrupt):
                while True:
                    world.require_alive()
                    time.sleep(_GLANCE_S)
        return whole(world.home)


def commands(prepared: Path) -> list[str]:
    """What to type into other terminals. Locust would listen on all addresses; here it must not."""
    locust = f"locust -f {LOCUSTFILE} --prepared {prepared}"
    return [
        "",
        "Locust's web interface, http://127.0.0.1:8089:",
        f"  {locust} --web-host 127.0.0.1",
        "One master with the web interface and two workers, each in a terminal of its own:",
        f"  {locust} --web-host 127.0.0.1 --master --master-bind-host 127.0.0.1",
        f"  {locust} --worker",
        f"  {locust} --worker",
        "Without web interface, and the seconds in a file:",
        f"  {locust} --headless --timeline seconds.jsonl",
        "",
        "Ctrl-C stops the bank and verifies its books and chains.",
    ]
