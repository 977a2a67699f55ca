"""The one way in which every page is served: visit, act, record, harden. Refusals become the error page.

Every step leaves an access record, refused or not (JR/T 0185 7.3.3).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Response, request

from bank_sim.audit import AccessRecord
from bank_sim.bank import Bank
from bank_sim.ebank.rendering import error_page, harden
from bank_sim.ebank.visit import Door, Visit
from bank_sim.edge.failures import whereabouts
from bank_sim.edge.refusals import shown_path
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import refusal_of

Handler = Callable[..., Response]

_log = logging.getLogger("bank.ebank")


def served(
    bank: Bank, door: Door, api_id: str, handler: Handler, refused: Callable[[Visit, Problem], Response] = error_page
) -> Callable[..., Response]:
    """The view function of a handler ``(visit, *what Flask gives) -> Response``. ``refused`` words its refusals."""

    def view(*given: Any, **parameters: str) -> Response:
        visit = Visit(bank, request, door, api_id, weakened=bank.switches.weakened())
        try:
            response = handler(visit, *given, **parameters)
        except Exception as error:
            visit.refusal = refusal_of(error, lambda defect: _log.error("%s %s", visit.trace_id, whereabouts(defect)))
            response = refused(visit, visit.refusal)
        bank.access_log.record(_record(visit, response.status_code))
        return harden(visit, response)

    return view


def _record(visit: Visit, status: int) -> AccessRecord:
    return AccessRecord(
        trace_id=visit.trace_id,
        at_ms=visit.bank.clock.now_ms(),
        method=visit.request.method,
        path=shown_path(visit.request.path),
        source=visit.source,
        elapsed_us=(time.perf_counter_ns() - visit.received_ns) // 1000,
        status=status,
        result="failure" if visit.refusal else "success",
        app_id=visit.app_id,
        api_id=visit.api_id,
        code=visit.refusal.code if visit.refusal else None,
        consent_id=visit.consent_id,
        customer_ref=visit.session.customer_id if visit.session else visit.customer_id,
        weakened=" ".join(sorted(visit.weakened)),
    )
