"""One measurement: a volley at a running server, and what it cost that server's processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from loadtests.servers import cpu_seconds
from loadtests.volley import Job, Outcome
from scenarios.failures import SandboxError

CONNECTIONS = 8
DEADLINE_S = 60.0
_WARM_UP_SHARE = 20


class BenchFailed(SandboxError):
    """A measurement that means nothing: the server refused calls or the generator gave up. The line says which."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured. Latencies in ms as the generator sees them; ``cpu_s_per_1000`` of all server processes.

    ``unit`` is what ``requests``, ``requests_per_s`` and ``cpu_s_per_1000`` count. Latencies are None where none was
    measured.
    """

    name: str
    suite: str
    workers: int
    requests: int
    requests_per_s: float
    p50_ms: float | None
    p99_ms: float | None
    cpu_s_per_1000: float
    unit: Literal["request", "transfer"] = "request"


def in_turn(name: str, first: Measurement, second: Measurement) -> Measurement:
    """What a transfer costs whose two calls were measured one after the other, with as many calls each.

    Costs add up. So do the times: that many transfers took the time of both volleys together. Latencies do not: the
    median of a sum is not the sum of two medians, so none is stated.
    """
    return Measurement(
        name=name,
        suite=first.suite,
        workers=first.workers,
        requests=first.requests,
        requests_per_s=1 / (1 / first.requests_per_s + 1 / second.requests_per_s),
        p50_ms=None,
        p99_ms=None,
        cpu_s_per_1000=first.cpu_s_per_1000 + second.cpu_s_per_1000,
        unit="transfer",
    )


@dataclass(frozen=True, slots=True)
class Target:
    """A server under load: its port, the process whose tree is charged, and how many workers it has."""

    port: int
    pid: int
    workers: int
    ca_certificate: Path
    environment: Mapping[str, str]

    def measure(self, name: str, suite: str, requests: list[bytes], keep_bodies: bool = False) -> Measured:
        """Fire the requests, the first few unmeasured to warm both sides up. ``BenchFailed`` if any is refused."""
        warm_up = max(1, len(requests) // _WARM_UP_SHARE)
        first = self._fire(name, requests[:warm_up], keep_bodies)
        before_s = cpu_seconds(self.pid)
        outcome = self._fire(name, requests[warm_up:], keep_bodies)
        used_s = cpu_seconds(self.pid) - before_s
        if used_s == 0:
            raise BenchFailed(f"{name}: too few requests: the system counts processor time in hundredths of a second")
        count = len(requests) - warm_up
        measurement = Measurement(
            name=name,
            suite=suite,
            workers=self.workers,
            requests=count,
            requests_per_s=count / outcome.seconds,
            p50_ms=outcome.p50_ms,
            p99_ms=outcome.p99_ms,
            cpu_s_per_1000=used_s * 1000 / count,
        )
        return Measured(measurement, first.bodies + outcome.bodies)

    def _fire(self, name: str, requests: list[bytes], keep_bodies: bool) -> Outcome:
        job = Job(
            port=self.port,
            ca_certificate=str(self.ca_certificate),
            connections=CONNECTIONS,
            requests=requests,
            deadline_s=DEADLINE_S,
            keep_bodies=keep_bodies,
        )
        volley = subprocess.run(
            [sys.executable, "-P", "-m", "loadtests.volley"],
            input=msgspec.msgpack.encode(job),
            capture_output=True,
            env=dict(self.environment),
            check=False,
        )
        if volley.returncode:
            raise BenchFailed(f"{name}: {volley.stderr.decode(errors='replace').strip()}")
        outcome = msgspec.msgpack.decode(volley.stdout, type=Outcome)
        if outcome.complaint:
            raise BenchFailed(f"{name}: the server refused calls: {outcome.complaint.decode(errors='replace')[:300]}")
        return outcome


@dataclass(frozen=True, slots=True)
class Measured:
    """A measurement, with the answers' bodies where they were kept."""

    measurement: Measurement
    bodies: list[bytes]
