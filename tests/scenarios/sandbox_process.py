"""A ``bank-sandbox`` command as a process of its own, as a shell would run it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

COMMAND = [sys.executable, "-c", "from scenarios.cli import main; main()"]
READY_S = 30.0


def environment(**changes: str) -> dict[str, str]:
    """The tests' environment without what would steer the command line."""
    steering = {"BANK_SANDBOX_PASSPHRASE", "NO_COLOR", "FORCE_COLOR", "LC_ALL", "LC_MESSAGES", "LANG"}
    return {name: value for name, value in os.environ.items() if name not in steering} | changes


def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False, env=environment(**changes)
    )


class Up:
    """A running ``bank-sandbox up`` and every process below it."""

    def __init__(self, process: subprocess.Popen[str], home: Path) -> None:
        self.process = process
        self.home = home
        self.facts = json.loads((home / "run.json").read_text())
        self.family = psutil.Process(process.pid).children(recursive=True)

    def party(self, name: str) -> psutil.Process:
        return psutil.Process(self.facts["parties"][name])

    def end(self, number: signal.Signals) -> tuple[int, str, str]:
        """Signal the command, wait for it: exit code, output, errors."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> tuple[int, str, str]:
        output, errors = self.process.communicate(timeout=30)
        return self.process.returncode, output, errors

    def survivors(self, patience_s: float = 5.0) -> list[str]:
        """Whoever of the family is still there after a moment."""
        gone_or_alive = psutil.wait_procs(self.family, timeout=patience_s)
        return [" ".join(each.cmdline()) for each in gone_or_alive[1]]


def _is_up(home: Path, pid: int) -> bool:
    """Whether this very command has written that it is ready; one killed earlier may have left its note."""
    try:
        return bool(json.loads((home / "run.json").read_text())["pid"] == pid)
    except FileNotFoundError:
        return False


@contextmanager
def up(home: Path, *arguments: str, **changes: str) -> Iterator[Up]:
    """Start ``up`` on free ports and wait until it is ready."""
    command = [*COMMAND, "up", "--home", str(home), "--port-base", "0", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(**changes)
    ) as process:
        deadline = time.monotonic() + READY_S
        while not _is_up(home, process.pid):
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise AssertionError(f"up did not come up: {process.communicate()}")
            time.sleep(0.05)
        running = Up(process, home)
        try:
            yield running
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
            for each in psutil.wait_procs(running.family, timeout=5)[1]:
                each.kill()
