"""``bank-sandbox bench``: what the bank costs on this machine, next to a yardstick, in one run of about a minute.

It starts throw-away servers on free ports of loopback, measures them one after the other, and stops them. Bounded in
time and number; a sandbox that is running is not touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bank_sim.config import Config
from loadtests import yardstick
from loadtests.application import LoadApplication, Membership, join
from loadtests.cells import FULL, YARDSTICK, Counts, light_cells, user_cells
from loadtests.measuring import Measurement, Target
from loadtests.pages import PageTime, page_times
from loadtests.report import Report
from scenarios import processes
from scenarios.authority import Authority
from scenarios.passphrase import Passphrase, ephemeral, from_text
from scenarios.ports import free_ports
from scenarios.processes import Party
from scenarios.world import Plan, World, running_world

WORKERS = (1, 2)
SUITES = ("intl", "gm")


def run(
    environment: Mapping[str, str],
    *,
    counts: Counts = FULL,
    heard: Callable[[Measurement], None] = lambda _: None,
) -> Report:
    """Measure everything; ``heard`` is told of each figure as it comes. ``BenchFailed`` when a server refuses calls."""
    started = time.monotonic()
    with TemporaryDirectory(prefix="bank-sandbox-bench-") as folder:
        bench = _Bench(Path(folder), environment, counts, heard)
        for workers in WORKERS:
            bench.measure_yardstick(workers)
            bench.measure_bank(workers)
        return Report(
            tuple(bench.measurements), tuple(bench.page_times), bench.cold_start_s, time.monotonic() - started
        )


@dataclass
class _Bench:
    """One run under way. The bank is founded once and started anew for each number of workers."""

    folder: Path
    environment: Mapping[str, str]
    counts: Counts
    heard: Callable[[Measurement], None]
    measurements: list[Measurement] = field(default_factory=list)
    page_times: list[PageTime] = field(default_factory=list)
    memberships: dict[str, Membership] = field(default_factory=dict)
    cold_start_s: float = 0.0
    # As if a person kept it: with an ephemeral passphrase the home would be founded anew at each start.
    passphrase: Passphrase = field(default_factory=lambda: from_text(ephemeral().secret))

    def measure_yardstick(self, workers: int) -> None:
        with _yardstick(self.folder / f"yardstick-{workers}", workers, self.environment) as target:
            request = f"GET {yardstick.PATH} HTTP/1.1\r\nhost: localhost:{target.port}\r\n\r\n".encode()
            self._note(target.measure(YARDSTICK, "-", [request] * self.counts.yardstick).measurement)

    def measure_bank(self, workers: int) -> None:
        """Start the parties, take the time to the first verified answer if the home was founded before, measure."""
        plan = Plan(
            home=self.folder / "home",
            passphrase=self.passphrase,
            workers=workers,
            port_base=0,
            people=2 * len(SUITES) + 1,
            environment=self.environment,
        )
        started = time.perf_counter()
        with running_world(plan) as world:
            if self.memberships:
                self._first_answer(world, started)
            else:
                self.page_times += page_times(world, world.people[-1], self.counts.pages)
            for index, suite in enumerate(SUITES):
                if suite not in self.memberships:
                    self.memberships[suite] = join(world, suite)
                self._measure_suite(world, LoadApplication(world, self.memberships[suite]), workers, index)

    def _first_answer(self, world: World, started: float) -> None:
        application = LoadApplication(world, self.memberships[SUITES[0]])
        try:
            application.client.call("rates.list", "GET", "/api/rates", with_secret=True)
            self.cold_start_s = time.perf_counter() - started
        finally:
            application.close()

    def _measure_suite(self, world: World, application: LoadApplication, workers: int, index: int) -> None:
        """Each suite has a payer and a payee of its own."""
        bank = next(each for each in world.parties if each.party.name == "bank")
        port = int(world.addresses.gateway.rpartition(":")[2])
        target = Target(port, bank.pid, workers, world.authority, self.environment)
        payer, payee = world.people[2 * index : 2 * index + 2]
        try:
            if index == 0:
                for measurement in light_cells(application, target, self.counts):
                    self._note(measurement)
            for measurement in user_cells(world, application, target, self.counts, payer, payee):
                self._note(measurement)
        finally:
            application.close()

    def _note(self, measurement: Measurement) -> None:
        self.measurements.append(measurement)
        self.heard(measurement)


@contextmanager
def _yardstick(folder: Path, workers: int, environment: Mapping[str, str]) -> Iterator[Target]:
    """The yardstick's server on a free port, with certificates of its own."""
    folder.mkdir(mode=0o700)
    passphrase, now = ephemeral().secret, datetime.now(UTC)
    authority = Authority.mint(folder, passphrase.encode(), now)
    authority.issue_server(folder, "tls", ["localhost"], passphrase.encode(), now)
    port = free_ports().gateway
    config = Config(
        home=folder,
        port_gateway=port,
        ca_certificate=folder / "ca.crt",
        tls_certificate=folder / "tls.crt",
        tls_key=folder / "tls.key",
        workers=workers,
    )
    (folder / "config.json").write_bytes(config.to_json())
    party = Party("yardstick", "loadtests.yardstick", folder / "config.json", folder / "errors.log", passphrase)
    started = processes.spawn([party], dict(environment))
    try:
        processes.make_ready(started)
        yield Target(port, started[0].pid, workers, folder / "ca.crt", environment)
    finally:
        processes.stop(started)
