"""How the figures are told: as a table for people, as one JSON document for programs. It measures nothing."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from loadtests.cells import YARDSTICK
from loadtests.measuring import CONNECTIONS, Measurement

COLUMNS = ("what", "suite", "workers", "requests/s", "×", "p50 ms", "×", "p99 ms", "×", "CPU s/1000", "×")
NOTE = (
    f"{CONNECTIONS} kept TLS connections on loopback, each with one pre-signed request under way; the generator shares"
    " the machine. × is the ratio to the yardstick with as many workers: a bare Flask JSON route behind the same"
    " server edge. CPU s/1000: processor seconds of all server processes for 1000 requests, the steadiest figure."
    " A token is asked for with private_key_jwt; the A1 query is one product, HMAC both ways; a transfer is two signed"
    " calls under the user's consents, its order with a sealed payee, and its execution."
)


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the bench. ``cold_start_s``: from starting the three parties on a founded home to the first verified
    answer of the bank."""

    measurements: tuple[Measurement, ...]
    cold_start_s: float
    elapsed_s: float

    def ratios(self, measurement: Measurement) -> dict[str, float]:
        """The four figures divided by the yardstick's with as many workers."""
        yardstick = next(
            each for each in self.measurements if each.name == YARDSTICK and each.workers == measurement.workers
        )
        return {
            name: getattr(measurement, name) / getattr(yardstick, name)
            for name in ("requests_per_s", "p50_ms", "p99_ms", "cpu_s_per_1000")
        }

    def document(self) -> dict[str, Any]:
        """The JSON document of ``bench --json``."""
        return {
            "machine": {
                "processors": os.cpu_count(),
                "architecture": platform.machine(),
                "system": platform.system(),
                "python": platform.python_version(),
            },
            "connections": CONNECTIONS,
            "cold_start_s": round(self.cold_start_s, 3),
            "elapsed_s": round(self.elapsed_s, 1),
            "measurements": [self._entry(each) for each in self.measurements],
        }

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table's cells, in the order of ``COLUMNS``."""
        for each in self.measurements:
            ratio = self.ratios(each)
            yield (
                each.name,
                each.suite,
                str(each.workers),
                f"{each.requests_per_s:.0f}",
                f"{ratio['requests_per_s']:.2f}",
                f"{each.p50_ms:.2f}",
                f"{ratio['p50_ms']:.1f}",
                f"{each.p99_ms:.2f}",
                f"{ratio['p99_ms']:.1f}",
                f"{each.cpu_s_per_1000:.2f}",
                f"{ratio['cpu_s_per_1000']:.1f}",
            )

    def _entry(self, measurement: Measurement) -> dict[str, Any]:
        figures = {
            name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(measurement).items()
        }
        return figures | {"ratio": {name: round(value, 3) for name, value in self.ratios(measurement).items()}}
