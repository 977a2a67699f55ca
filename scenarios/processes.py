"""The three parties as child processes: started together, watched, and all gone when the block ends.

A party gets its passphrase on standard input, which then stays open: when this process dies in whatever way, the
party reads end-of-file and exits. Each runs in a process group of its own, so that Ctrl-C in the terminal reaches this
process alone, which then stops them in order; and a group can be killed whole, workers included.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

from scenarios.failures import BrokenSurroundings

READY_DEADLINE_S = 20.0
# Longer than any party may need, so that one that drains is not killed. A worker of the bank drains for up to 16 s: 2 s
# for handshakes, 12 s for calls, 2 s for goodbyes; the pages' worker then ends the short message that is on its way,
# with 5 s for each step. After 20 s the bank's supervisor kills what is left, and takes a moment to end itself. The
# wallet drains for 4 s, then waits for the bank's answer to what is under way (10 s); the phone takes 2 s.
STOP_DEADLINE_S = 25.0


@dataclass(frozen=True, slots=True)
class Party:
    """What it takes to start one: its name, module, configuration file, where its errors go, its passphrase."""

    name: str
    module: str
    config: Path
    errors: Path
    passphrase: str


class PartyProcess:
    """One running party."""

    def __init__(self, party: Party, environment: dict[str, str]) -> None:
        self.party = party
        with party.errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", party.module, "--config", str(party.config)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                cwd=party.config.parent,
                start_new_session=True,
            )
        self._handed_over = False
        self._lines: Queue[str | None] = Queue()
        self._reader = threading.Thread(target=self._read, name=f"{party.name} stdout", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self) -> int | None:
        """The exit code once the party has ended, else None."""
        return self._process.poll()

    def hand_over_passphrase(self) -> None:
        """Let the party open its keys, once; until then it waits. One that died before says how in ``wait_ready``."""
        assert self._process.stdin is not None
        if self._handed_over:
            return
        self._handed_over = True
        with suppress(BrokenPipeError):
            self._process.stdin.write(self.party.passphrase.encode() + b"\n")
            self._process.stdin.flush()

    def wait_ready(self, deadline: float) -> None:
        """Return when the party says ``ready``; raise with the last line of its errors when it ends or is late."""
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                late = f"The {self.party.name} was not ready in time; see {self.party.errors}."
                raise BrokenSurroundings(late) from None
            if line is None:
                self._process.wait(STOP_DEADLINE_S)
                raise BrokenSurroundings(self.obituary())
            if line == "ready":
                return

    def obituary(self) -> str:
        """One line on how the party ended, with the last line it wrote to its errors."""
        code = self.ended()
        how = f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"
        return f"The {self.party.name} ended {how}: {_last_line(self.party.errors) or 'it left no message'}"

    def ask_to_stop(self) -> None:
        """SIGTERM: drain and exit."""
        if self.ended() is None:
            self._process.terminate()

    def make_gone(self, deadline: float) -> None:
        """Wait for the end until ``deadline``, then kill; either way nothing of the process group survives."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        # Also after an orderly end: a worker whose supervisor was killed must not outlive it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(STOP_DEADLINE_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.decode(errors="replace").strip())
        self._lines.put(None)


def spawn(parties: Sequence[Party], environment: dict[str, str]) -> list[PartyProcess]:
    """Start all parties at once; each loads its program and then waits for its passphrase."""
    started: list[PartyProcess] = []
    try:
        for party in parties:
            started.append(PartyProcess(party, environment))
    except BaseException:
        stop(started)
        raise
    return started


def make_ready(processes: Sequence[PartyProcess]) -> None:
    """Hand over the passphrases and return when every party is ready; ``BrokenSurroundings`` when one is not."""
    deadline = time.monotonic() + READY_DEADLINE_S
    for process in processes:
        process.hand_over_passphrase()
    for process in processes:
        process.wait_ready(deadline)


def stop(processes: Sequence[PartyProcess]) -> None:
    """Ask all to stop, then see to it that all are gone."""
    for process in processes:
        process.ask_to_stop()
    deadline = time.monotonic() + STOP_DEADLINE_S
    for process in processes:
        process.make_gone(deadline)


def _last_line(errors: Path) -> str:
    lines = errors.read_text(errors="replace").strip().splitlines() if errors.exists() else []
    return lines[-1].strip() if lines else ""
