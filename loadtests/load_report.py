"""What a rehearsal found, as one document for programs, as rows for a terminal, as one page to take home."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from loadtests.course import Course
from loadtests.objectives import Verdict
from loadtests.preparing import Preparation
from scenarios.observe import Mark
from scenarios.texts import Text

if TYPE_CHECKING:
    from loadtests.rehearsal import Asked

CALL_COLUMNS = (
    Text("who", "谁"), Text("what", "调用"), Text("calls", "次数"), Text("ok", "成功"), Text("429", "限流"),
    Text("refused", "应拒"), Text("failed", "失败"), Text("p50 ms", "p50 ms"), Text("p95 ms", "p95 ms"),
    Text("p99 ms", "p99 ms"),
)  # fmt: skip
OTHERS_PERCENT_MAX = 25
KINDS = {
    "browsing": Text("looks at products", "浏览产品"),
    "saving": Text("looks at balances", "查询余额"),
    "paying": Text("pays", "付款"),
    "sale": Text("takes part in the sale", "参与抢购"),
    "careless": Text("bad client", "编写有误的客户端"),
    "attacking": Text("attacker", "攻击者"),
    "flooding": Text("flood", "超限应用方"),
    "storming": Text("impatient application", "急躁的应用方"),
}


@dataclass(frozen=True, slots=True)
class LoadReport:
    """``bank_cpu_s``: processor time of all the bank's processes during the run; ``mark``: before it.

    ``others_percent``: of all processors' time, what neither the bank nor the generators took.
    """

    asked: Asked
    preparation: Preparation
    course: Course
    bank_cpu_s: float
    others_percent: float
    verdicts: Sequence[Verdict]
    mark: Mark

    def with_verdicts(self, further: Sequence[Verdict]) -> LoadReport:
        return replace(self, verdicts=[*self.verdicts, *further])

    @property
    def well(self) -> bool:
        """Every objective was met."""
        return all(each.holds for each in self.verdicts)

    @property
    def busy(self) -> bool:
        """The machine had so much else to do that verdicts on speed say little about the bank."""
        return self.others_percent > OTHERS_PERCENT_MAX

    @property
    def calls_per_cpu_s(self) -> tuple[float, float]:
        """Calls for each second of processor time: of the generators, which sign, and of the bank, which checks."""
        calls = self.course.cell(kinds=None).calls
        return calls / max(self.course.cpu_s, 0.01), calls / max(self.bank_cpu_s, 0.01)

    def document(self) -> dict[str, Any]:
        """``load.json``."""
        asked, (generator, bank) = self.asked, self.calls_per_cpu_s
        whole = {
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {
                "processors": os.cpu_count(),
                "architecture": platform.machine(),
                "system": platform.system(),
                "python": platform.python_version(),
            },
            "profile": asked.plan.name,
            "plan": msgspec.to_builtins(asked.plan.profile),
            "suite": asked.suite,
            "workers": asked.workers,
            "generators": asked.generators,
            "well": self.well,
            "verdicts": [
                {"name": each.name, "says": each.says.en, "says_zh": each.says.zh, "asked": each.asked.en,
                 "found": each.found.en, "holds": each.holds} for each in self.verdicts
            ],
            "consents": {
                "count": self.preparation.consents,
                "per_s": round(self.preparation.consents / max(self.preparation.seconds, 0.001), 1),
            },
            "calls_per_cpu_s": {"generator": round(generator), "bank": round(bank)},
            "others_percent": round(self.others_percent, 1),
            "calls": [dict(zip((each.en for each in CALL_COLUMNS), row, strict=True)) for row in self.rows("en")],
            "codes": [
                {"kind": kind, "name": name, "code": code, "calls": count} for kind, name, code, count in self.codes()
            ],
            "seconds": [self._second(number) for number in range(len(self.course.moments))],
        }  # fmt: skip
        plain: dict[str, Any] = json.loads(json.dumps(whole))
        return plain

    def rows(self, language: str) -> Iterator[tuple[str, ...]]:
        """The cells of the table of calls, in the order of ``CALL_COLUMNS``."""
        for kind, name in self.course.called():
            cell = self.course.cell((kind,), name)
            counts = [cell.outcomes.get(each, 0) for each in ("ok", "throttled", "refused")]
            failed = cell.outcomes.get("failed", 0) + cell.outcomes.get("let_through", 0)
            times = (cell.percentile_ms(each) for each in (50, 95, 99))
            yield (
                KINDS[kind].in_(language), name, str(cell.calls), *map(str, counts), str(failed),
                *("–" if each is None else f"{each:.1f}" for each in times),
            )  # fmt: skip

    def codes(self) -> Iterator[tuple[str, str, str, int]]:
        """Kind, name, code and count of every refusal and failure."""
        for kind, name in self.course.called():
            for code, count in sorted(self.course.cell((kind,), name).codes.items()):
                yield kind, name, code, count

    def write(self, folder: Path, language: str) -> tuple[Path, Path]:
        """``load.json`` and ``load.html`` in a folder that is there; answers their paths."""
        from loadtests.load_page import page

        as_json, as_html = folder / "load.json", folder / "load.html"
        as_json.write_text(json.dumps(self.document(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        as_html.write_text(page(self, language), encoding="utf-8")
        return as_json, as_html

    def _second(self, number: int) -> dict[str, Any]:
        moment = self.course.moments[number]
        crowd, everybody = moment.cell(), moment.cell(tuple(KINDS))
        return {
            "second": moment.second,
            "users": moment.users,
            "calls": everybody.calls,
            "outcomes": everybody.outcomes,
            "crowd_failed": crowd.outcomes.get("failed", 0),
            "crowd_p95_ms": None if (found := crowd.percentile_ms(95)) is None else round(found, 2),
            "generator_lag_ms": round(moment.lag_us / 1000, 1),
        }
