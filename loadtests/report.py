"""How the figures are told: as a table for people, as one JSON document for programs. It measures nothing."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from loadtests.cells import YARDSTICK
from loadtests.measuring import CONNECTIONS, Measurement
from loadtests.pages import BUDGET_MS, PageTime

COLUMNS = ("what", "suite", "workers", "requests/s", "×", "p50 ms", "×", "p99 ms", "×", "CPU s/1000", "×")
PAGE_COLUMNS = ("page of", "address", "bytes", "p50 ms", "p99 ms", "")
PAGE_NOTE = (
    f"One visitor at a time, from request to whole answer; a page may take {BUDGET_MS:.0f} ms at the median. What the"
    " wallet asks the bank for meanwhile is in its figures."
)
NOTE = (
    f"{CONNECTIONS} kept TLS connections on loopback, each with one pre-signed request under way; the generator shares"
    " the machine. × is the ratio to the yardstick with as many workers: a bare Flask JSON route behind the same"
    " server edge. CPU s/1000: processor seconds of all server processes for 1000 requests, the steadiest figure."
    " A token is asked for with private_key_jwt; the A1 query is one product, HMAC both ways; a transfer is two signed"
    " calls under the user's consents, its order with a sealed payee, and its execution. The row of both calls counts"
    " transfers: CPU seconds added, transfers/s in the time of both; a latency of the whole was not measured."
)


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the bench. ``cold_start_s``: from starting the three parties on a founded home to the first verified
    answer of the bank."""

    measurements: tuple[Measurement, ...]
    page_times: tuple[PageTime, ...]
    cold_start_s: float
    elapsed_s: float

    def ratios(self, measurement: Measurement) -> dict[str, float | None]:
        """The four figures divided by the yardstick's with as many workers; None for a figure that there is not."""
        yardstick = next(
            each for each in self.measurements if each.name == YARDSTICK and each.workers == measurement.workers
        )
        return {
            name: None if (figure := getattr(measurement, name)) is None else figure / getattr(yardstick, name)
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
            "pages": [
                {name: _rounded(value, 3) for name, value in asdict(each).items()} | {"in_budget": each.in_budget}
                for each in self.page_times
            ],
        }

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table's cells, in the order of ``COLUMNS``."""
        for each in self.measurements:
            ratio = self.ratios(each)
            yield (
                each.name,
                each.suite,
                str(each.workers),
                _cell(each.requests_per_s, 0),
                _cell(ratio["requests_per_s"], 2),
                _cell(each.p50_ms, 2),
                _cell(ratio["p50_ms"], 1),
                _cell(each.p99_ms, 2),
                _cell(ratio["p99_ms"], 1),
                _cell(each.cpu_s_per_1000, 2),
                _cell(ratio["cpu_s_per_1000"], 1),
            )

    def page_rows(self) -> Iterator[tuple[str, ...]]:
        """The cells of the table of pages, in the order of ``PAGE_COLUMNS``."""
        for each in self.page_times:
            over = "" if each.in_budget else f"over {BUDGET_MS:.0f} ms"
            yield each.party, each.path, str(each.bytes), _cell(each.p50_ms, 2), _cell(each.p99_ms, 2), over

    def _entry(self, measurement: Measurement) -> dict[str, Any]:
        ratios = self.ratios(measurement).items()
        return {name: _rounded(value, 4) for name, value in asdict(measurement).items()} | {
            "ratio": {name: _rounded(value, 3) for name, value in ratios}
        }


def _rounded(value: object, places: int) -> object:
    return round(value, places) if isinstance(value, float) else value


def _cell(figure: float | None, places: int) -> str:
    return "–" if figure is None else f"{figure:.{places}f}"
