"""No other site shows the bank's pages in a frame, where it could lay pictures over them and have users click blindly.

What browsers have kept out they report (CSP level 3 section 5.3), and the bank keeps a record of it. A report is
anybody's word: nothing of it is stored but that there was one (JR/T 0185 9.3.2, 10.2.2; RFC 9700 section 4.16).
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from flask import Response

from bank_sim.ebank.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row

REPORTS = "/framing-reports"


@dataclass(slots=True)
class Leaving:
    """A page about to leave. ``framable``: nothing is said of frames yet, so that every site may show it in one."""

    framable: bool = True


def keep_out_of_frames(page: Leaving) -> None:
    """Refuses nothing: the page's headers will say that nobody may frame it."""
    page.framable = False


FRAMING: CheckTable[Leaving] = CheckTable([row("framing", keep_out_of_frames, "page", "9.3.2-1.2.1 10.2.2-2.2")])

DEFENCES = frozenset(each.name for each in FRAMING.rows)
"""The rows that a training run may leave out."""


class _Violation(msgspec.Struct):
    directive: str = msgspec.field(name="violated-directive")


class _Report(msgspec.Struct):
    violation: _Violation = msgspec.field(name="csp-report")


def is_framable(weakened: frozenset[str]) -> bool:
    """Whether the page goes out without a word on frames."""
    page = Leaving()
    FRAMING.run(page, "page", weakened)
    return page.framable


def take_report(visit: Visit) -> Response:
    """A browser's report. Of a frame it leaves a failure in the access log; whatever else it tells, none."""
    try:
        report = msgspec.json.decode(visit.request.get_data(), type=_Report)
    except msgspec.MsgspecError as error:
        raise problems.PARAM_INVALID.problem("This is no report of a violated policy.") from error
    if report.violation.directive.split(" ")[0] == "frame-ancestors":
        visit.refusal = problems.FRAMING_BLOCKED.problem()
    return Response(status=204)
