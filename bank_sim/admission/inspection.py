"""The inspection before an application goes live: what its own calls in the test environment show (JR/T 0185 9.3.4 b).

Evidence is read off the access log, where the applicant cannot write what it likes; each finding names the call that
shows it. How it takes events in the bank's name, true and false ones, its address was probed for (10.4 a). A failed
inspection opens the next one's window: what was mended is judged by what came after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from bank_sim.audit import AccessLog, AccessRecord
from bank_sim.events.probes import ProbeReport

# As many as the log looks back over: whoever calls on and on shall not bury what it did.
_CALLS_LOOKED_AT = 50_000
OVERREACHING = frozenset({"API_NOT_GRANTED", "SCOPE_INSUFFICIENT", "RESOURCE_NOT_AUTHORIZED", "TEST_ENVIRONMENT_ONLY"})
UNSAFE = frozenset({"PLAINTEXT_SENSITIVE_FIELD", "CREDENTIAL_TOO_WEAK", "IDEMPOTENCY_KEY_REUSED"})
# The same refusal answered by the same call, over and over: nobody reads the answers.
_STORM = 10


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the checklist. ``trace_id``: the call, or the probe, that shows it; "" where none does.

    ``judged``: False where there is nothing to look at; then it stands in nobody's way.
    """

    item: str
    passed: bool
    trace_id: str = ""
    judged: bool = True


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """One run over the calls after ``since_ms``."""

    at_ms: int
    since_ms: int
    by: str
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return all(each.passed for each in self.findings)


def inspect(
    log: AccessLog, app_id: str, since_ms: int, at_ms: int, by: str, probed: ProbeReport | None = None
) -> Inspection:
    """Go through the calls of an application in the test environment. ``probed``: how it takes events, if it does."""
    newest = log.of_application(app_id, _CALLS_LOOKED_AT)
    calls = [record for _, record in reversed(newest) if record.at_ms > since_ms]
    findings = tuple(judge(item, calls) for item, judge in CHECKLIST.items())
    return Inspection(at_ms=at_ms, since_ms=since_ms, by=by, findings=(*findings, _callbacks(probed)))


def _callbacks(probed: ProbeReport | None) -> Finding:
    if probed is None:
        return Finding(item=CALLBACKS, passed=True, judged=False)
    return Finding(item=CALLBACKS, passed=probed.passed, trace_id=probed.probe_id)


def _public_call(item: str, calls: Sequence[AccessRecord]) -> Finding:
    return _shown(item, calls, lambda each: each.level == "A1" and each.result == "success")


def _signed_user_call(item: str, calls: Sequence[AccessRecord]) -> Finding:
    """A2 is signed with the registered key or refused: its success is the proof."""
    return _shown(item, calls, lambda each: each.level == "A2" and each.result == "success" and bool(each.signature))


def _refusal_mended(item: str, calls: Sequence[AccessRecord]) -> Finding:
    """A call that was refused, and later the same interface called rightly: the application reads refusals."""
    refused = set()
    for each in calls:
        if each.result == "failure" and each.u_api_id != "-":
            refused.add(each.api_id)
        elif each.result == "success" and each.api_id in refused:
            return Finding(item=item, passed=True, trace_id=each.trace_id)
    return Finding(item=item, passed=False)


def _no_overreach(item: str, calls: Sequence[AccessRecord]) -> Finding:
    return _absent(item, calls, lambda each: each.code in OVERREACHING)


def _nothing_unsafe(item: str, calls: Sequence[AccessRecord]) -> Finding:
    return _absent(item, calls, lambda each: each.code in UNSAFE)


def _no_storm(item: str, calls: Sequence[AccessRecord]) -> Finding:
    run, before = 0, None
    for each in calls:
        same = each.result == "failure" and before == (each.api_id, each.code)
        run = run + 1 if same else 0
        before = (each.api_id, each.code)
        if run >= _STORM:
            return Finding(item=item, passed=False, trace_id=each.trace_id)
    return Finding(item=item, passed=True)


CHECKLIST: dict[str, Callable[[str, Sequence[AccessRecord]], Finding]] = {
    "public_call": _public_call,
    "signed_user_call": _signed_user_call,
    "refusal_mended": _refusal_mended,
    "no_overreach": _no_overreach,
    "nothing_unsafe": _nothing_unsafe,
    "no_storm": _no_storm,
}
"""Items that are read off the log, by name, each with what judges it."""

CALLBACKS = "callbacks"
ITEMS = (*CHECKLIST, CALLBACKS)


def _shown(item: str, calls: Sequence[AccessRecord], by: Callable[[AccessRecord], bool]) -> Finding:
    found = next((each for each in calls if by(each)), None)
    return Finding(item=item, passed=found is not None, trace_id=found.trace_id if found else "")


def _absent(item: str, calls: Sequence[AccessRecord], what: Callable[[AccessRecord], bool]) -> Finding:
    found = next((each for each in calls if what(each)), None)
    return Finding(item=item, passed=found is None, trace_id=found.trace_id if found else "")
