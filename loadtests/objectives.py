"""Judges the course of a run against objectives, as data. ``objectives.toml`` explains each of them.

A verdict says what was asked, what was found and whether it holds. Where nothing was measured, nothing holds: a run in
which nobody paid has not shown that payments are quick.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from loadtests.course import Course
from loadtests.profiles import Plan, Span
from scenarios.failures import WrongUsage
from scenarios.texts import Text

OURS = Path(__file__).parent / "objectives.toml"
OFFENDING, LOUD = ("careless", "attacking"), ("flooding", "storming")
# Calls under way when a flood begins or ends belong to neither side.
_BORDER_S = 1.0
_CALM_S = 3


class Objectives(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """As the file has them; None is not asked for."""

    p95_ms: dict[str, float] = {}
    failed_percent_max: float | None = None
    throttled_percent_max: float | None = None
    let_through_max: int | None = None
    misjudged_max: int | None = None
    loud_throttled_percent_min: float | None = None
    fairness_ratio_max: float | None = None
    amplification_max: float | None = None
    recovery_s_max: float | None = None
    drift_ratio_max: float | None = None
    generator_lag_ms_max: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """``asked`` and ``found`` as people read them, with units."""

    name: str
    says: Text
    asked: Text
    found: Text
    holds: bool


def objectives(profile: str, path: Path = OURS) -> Objectives:
    """The file's defaults with what it says of this profile; ``WrongUsage`` with what is wrong with it."""
    try:
        tables = msgspec.toml.decode(path.read_bytes(), type=dict[str, dict[str, Any]])
        return msgspec.convert(tables.get("default", {}) | tables.get(profile, {}), Objectives)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise WrongUsage(f"{path} holds no objectives: {error}") from error


def judge(course: Course, plan: Plan, wanted: Objectives) -> list[Verdict]:
    """Each objective that is asked for and that the profile can meet or miss."""
    return [*_speed(course, plan, wanted), *_budget(course, plan, wanted), *_offenders(course, plan, wanted),
            *_trouble(course, plan, wanted), *_generator(course, wanted)]  # fmt: skip


def calls_expected(plan: Plan) -> set[str]:
    """The interfaces that the profile's people call."""
    called = {"browsing": {"products"}, "saving": {"balance"}, "paying": {"order", "execute"}}
    called["sale"] = called["browsing"] | called["paying"]
    return set().union(*(called[kind] for kind in plan.profile.mix))


def _speed(course: Course, plan: Plan, wanted: Objectives) -> Iterator[Verdict]:
    within = _untroubled(course, plan, wanted)
    for name in sorted(calls_expected(plan) & wanted.p95_ms.keys()):
        found = course.cell(name=name, within=within).percentile_ms(95)
        says = Text(f"95 of 100 answers to {name}", f"{name}：95%的应答时间")
        yield _at_most(f"p95_ms.{name}", says, wanted.p95_ms[name], found, "ms", 1)
    if wanted.drift_ratio_max is not None:
        quarter = max(1, course.seconds // 4)
        first = course.cell(within=range(quarter)).percentile_ms(95)
        last = course.cell(within=range(course.seconds - quarter, course.seconds)).percentile_ms(95)
        says = Text("p95 of the last quarter to the first", "末段与首段95%应答时间之比")
        yield _at_most("drift_ratio", says, wanted.drift_ratio_max, _ratio(last, first), "", 2)


def _budget(course: Course, plan: Plan, wanted: Objectives) -> Iterator[Verdict]:
    crowd = course.cell(within=_untroubled(course, plan, wanted))
    if wanted.failed_percent_max is not None:
        says = Text("calls of the crowd that failed", "正常用户调用失败率")
        found = crowd.share_percent("failed") if crowd.calls else None
        yield _at_most("failed_percent", says, wanted.failed_percent_max, found, "%", 2)
    if wanted.throttled_percent_max is not None:
        says = Text("calls of the crowd that met a 429", "正常用户被限流比例")
        found = crowd.share_percent("throttled") if crowd.calls else None
        yield _at_most("throttled_percent", says, wanted.throttled_percent_max, found, "%", 2)


def _offenders(course: Course, plan: Plan, wanted: Objectives) -> Iterator[Verdict]:
    offenders = [kind for kind in OFFENDING if kind in plan.profile.beside]
    offences = course.cell(offenders)
    tried = offences.calls if offenders else 0
    if offenders and wanted.let_through_max is not None:
        says = Text(f"offences served, of {tried} calls", f"{tried}次违规调用中被放行的")
        found = offences.outcomes.get("let_through", 0) if tried else None
        yield _at_most("let_through", says, wanted.let_through_max, found, "", 0)
    if offenders and wanted.misjudged_max is not None:
        says = Text("offences refused for another reason", "违规调用被以其他原因拒绝的")
        found = _failed_outside_faults(course, plan, wanted, offenders) if tried else None
        yield _at_most("misjudged", says, wanted.misjudged_max, found, "", 0)
    loud = [kind for kind in LOUD if kind in plan.profile.beside]
    if loud and wanted.loud_throttled_percent_min is not None:
        cell = course.cell(loud)
        share, least = (cell.share_percent("throttled") if cell.calls else None), wanted.loud_throttled_percent_min
        says = Text("calls beyond the limit that met a 429", "超限应用方被限流比例")
        asked = Text(f"≥ {least:g} %", f"≥ {least:g} %")
        yield Verdict("loud_throttled_percent", says, asked, _number(share, "%", 1), _least(share, least))


def _trouble(course: Course, plan: Plan, wanted: Objectives) -> Iterator[Verdict]:
    profile = plan.profile
    if profile.floods and wanted.fairness_ratio_max is not None:
        says = Text("p95 of the others beside the flood to without", "邻居超限期间与平时95%应答时间之比")
        yield _at_most("fairness_ratio", says, wanted.fairness_ratio_max, fairness(course, plan), "", 2)
    if profile.fault is None:
        return
    if wanted.amplification_max is not None:
        struck = course.cell(within=_seconds(course, profile.fault.span))
        found = struck.calls / (struck.calls - struck.repeats) if struck.calls > struck.repeats else None
        says = Text("calls for each intent of the crowd during the fault", "故障期间正常用户平均每次意图的调用数")
        yield _at_most("amplification", says, wanted.amplification_max, found, "", 2)
    if wanted.recovery_s_max is not None:
        says = Text("from the end of the fault to three seconds without failure", "故障结束到连续三秒无失败")
        yield _at_most("recovery_s", says, wanted.recovery_s_max, recovery_s(course, profile.fault.span), "s", 0)


def _generator(course: Course, wanted: Objectives) -> Iterator[Verdict]:
    if wanted.generator_lag_ms_max is not None:
        lags = sorted(each.lag_us / 1000 for each in course.moments)
        found = lags[math.ceil(0.75 * len(lags)) - 1] if lags else None
        says = Text("the generator's own delay", "压测端自身延迟")
        yield _at_most("generator_lag_ms", says, wanted.generator_lag_ms_max, found, "ms", 1)


def fairness(course: Course, plan: Plan) -> float | None:
    """The median over the floods of the crowd's p95 within, to its p95 since the flood before."""
    ratios, since = [], 0.0
    for flood in plan.profile.floods:
        alone = course.cell(within=_seconds(course, Span(begins=since, ends=flood.begins)))
        beside = course.cell(within=_seconds(course, Span(begins=flood.begins + _BORDER_S, ends=flood.ends)))
        ratio = _ratio(beside.percentile_ms(95), alone.percentile_ms(95))
        if ratio is None:
            return None
        ratios.append(ratio)
        since = flood.ends + _BORDER_S
    return statistics.median(ratios) if ratios else None


def recovery_s(course: Course, fault: Span) -> float | None:
    """Whole seconds; None where the run ended before the crowd was well again."""
    ended = math.ceil(fault.ends)
    for second in range(ended, course.seconds - _CALM_S + 1):
        calm = course.cell(within=range(second, second + _CALM_S))
        if calm.calls and not calm.outcomes.get("failed"):
            return float(second - ended)
    return None


def _untroubled(course: Course, plan: Plan, wanted: Objectives) -> set[int]:
    """The seconds without a fault, and without what may follow from it."""
    fault = plan.profile.fault
    every = {each.second for each in course.moments}
    if fault is None:
        return every
    until = fault.span.ends + (wanted.recovery_s_max or 0.0)
    return every - set(_seconds(course, Span(begins=fault.from_s - _BORDER_S, ends=until + _BORDER_S)))


def _failed_outside_faults(course: Course, plan: Plan, wanted: Objectives, kinds: Sequence[str]) -> int:
    return course.cell(kinds, within=_untroubled(course, plan, wanted)).outcomes.get("failed", 0)


def _seconds(course: Course, span: Span) -> list[int]:
    return [each.second for each in course.moments if span.holds(each.second)]


def _ratio(above: float | None, below: float | None) -> float | None:
    return None if above is None or not below else above / below


def _at_most(name: str, says: Text, most: float, found: float | None, unit: str, places: int) -> Verdict:
    asked = f"≤ {most:g} {unit}".rstrip()
    return Verdict(name, says, Text(asked, asked), _number(found, unit, places), found is not None and found <= most)


def _least(found: float | None, least: float) -> bool:
    return found is not None and found >= least


def _number(found: float | None, unit: str, places: int) -> Text:
    shown = "–" if found is None else f"{found:.{places}f} {unit}".rstrip()
    return Text(shown, shown)
