"""What ``make security`` makes of the tools' reports, and what its own probes see. The tools themselves run there."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import msgspec
import pytest

from scenarios.failures import BrokenSurroundings
from scenarios.security import api_fuzzing, description, page_probes, sql_injection, summary, tls_scan
from scenarios.security.findings import Accepted, Finding, accepted_findings, judge

HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def _checks(text: str = "", status: int = 200, url: str = "https://bank.localhost/", **headers: str) -> set[str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = httpx.Response(status, headers=HEADERS | named, text=text, request=httpx.Request("GET", url))
    return {each.check for each in page_probes.judged(answer, "here")}


def test_a_page_as_it_should_be_has_no_finding() -> None:
    assert _checks("<p>xkz&quot;&gt;&lt;svg onload=xkz()&gt;</p>") == set()


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        ("reflected", {"text": page_probes.PROBES["markup"]}),
        ("template_evaluated", {"text": "xkz1337"}),
        ("speaks_of_its_inside", {"text": "Traceback (most recent call last):"}),
        ("server_error", {"status": 500}),
        ("header_injected", {"x_xkz_injected": "1"}),
        ("open_redirect", {"status": 303, "location": page_probes.PROBES["redirect backslash"]}),
        ("open_redirect", {"status": 303, "location": "javascript:xkz()"}),
        ("header_missing", {"content_security_policy": "default-src 'self'; script-src 'unsafe-inline'"}),
        ("cookie", {"set_cookie": "visit=1; Secure; SameSite=Lax"}),
    ],
)
def test_what_an_answer_must_not_show_is_found(check: str, answer: dict[str, str]) -> None:
    assert _checks(**answer) == {check}  # type: ignore[arg-type]


def test_a_redirect_within_the_face_is_none_that_leads_elsewhere() -> None:
    assert _checks(status=303, location="/login?next=//xkz-elsewhere.example/") == set()


def test_each_failed_check_of_schemathesis_is_a_finding() -> None:
    text = """<testsuites><testsuite><testcase name="GET /api/x"><failure>1. Test Case ID: a

- ST101 Server error

- ST202 Schema-valid request rejected

    Expected: 2xx

2. Test Case ID: b</failure></testcase>
    <testcase name="GET /api/y"><error>Network Error</error></testcase><testcase name="GET /api/z"/>
    </testsuite></testsuites>"""
    assert list(api_fuzzing.read_junit(text, "run")) == [
        Finding("schemathesis", "Server error", "run: GET /api/x", "ST101 Server error"),
        Finding("schemathesis", "Schema-valid request rejected", "run: GET /api/x", "Expected: 2xx 2."),
        Finding("schemathesis", "error", "run: GET /api/y", "Network Error"),
    ]


def test_a_listener_that_sslyze_finds_wanting_or_does_not_judge_is_a_finding() -> None:
    text = """
 COMPLIANCE AGAINST TLS CONFIGURATION
    a.localhost:1: FAILED - Not compliant.
        * ciphers: Old ones.
    b.localhost:2: OK - Compliant.
"""
    names = {"a.localhost:1": "wallet", "b.localhost:2": "pages", "c.localhost:3": "phone"}
    assert [(each.check, each.where) for each in tls_scan.read_compliance(text, names)] == [
        ("ciphers", "wallet"),
        ("compliance", "phone"),
    ]


def test_a_certificate_that_does_not_hold_and_a_scan_that_broke_off_are_findings() -> None:
    certificate = {"path_validation_results": [
        {"was_validation_successful": False, "trust_store": {"name": "Supplied CA file"}}
    ]}  # fmt: skip
    scans = {
        "certificate_info": {"status": "COMPLETED", "result": {"certificate_deployments": [certificate]}},
        "robot": {"status": "ERROR", "error_reason": "TIMEOUT"},
    }
    report = {"server_scan_results": [{"server_location": {"hostname": "a", "port": 1}, "scan_result": scans}]}
    assert [each.check for each in tls_scan.read_scans(report, {})] == ["unfinished", "certificate"]


def test_a_parameter_that_sqlmap_can_inject_is_a_finding_and_a_run_that_tested_none_is_no_success() -> None:
    found = sql_injection.read_output("Parameter: limit (GET)\n    Type: boolean-based blind\n", "transactions")
    assert found == [Finding("sqlmap", "injectable", "transactions", "limit (GET)")]
    assert sql_injection.read_output("URI parameter '#1*' does not seem to be injectable", "balance") == []
    with pytest.raises(BrokenSurroundings, match="tested nothing of balance"):
        sql_injection.read_output("[CRITICAL] unable to connect", "balance")


def test_only_what_has_a_reason_is_accepted() -> None:
    accepted = Accepted("tool", "check", "because", where="^here", what="old|odd")
    idle = Accepted("tool", "another", "because")
    one, other = Finding("tool", "check", "here", "an odd one"), Finding("tool", "check", "there", "an odd one")
    judged = judge([one, other], [accepted, idle])
    assert judged.open == [other]
    assert judged.accepted == [(one, "because")]
    assert judged.idle == [idle]


def test_every_accepted_finding_says_why_it_is_none() -> None:
    for each in accepted_findings():
        assert len(each.reason) > 60, each


def test_an_accepted_finding_without_a_reason_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "accepted.toml"
    path.write_text('[[accepted]]\ntool = "x"\ncheck = "y"\n')
    with pytest.raises(msgspec.ValidationError):
        accepted_findings(path)


def test_the_fuzzed_document_hides_what_the_proxy_adds_and_shows_what_is_sealed() -> None:
    sealed = {"$ref": "#/components/schemas/OrderSealed"}
    operation = {
        "x-api-id": "orders.create", "x-level": "A2", "x-sealed-fields": sealed, "security": [{"userToken": []}],
        "parameters": [
            {"$ref": "#/components/parameters/Signature"}, {"$ref": "#/components/parameters/Idempotency-Key"},
            {"name": "order_id", "in": "path"},
        ],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
        "responses": {},
    }  # fmt: skip
    document = {
        "paths": {"/api/orders/{order_id}": {"post": operation}},
        "components": {"schemas": {"Order": {"properties": {"sealed": {"type": "string"}}}}, "securitySchemes": {}},
    }
    made = description.unsealed(document, "http://127.0.0.1:1", {"order_id": ["o1"]})
    shown = made["paths"]["/api/orders/{order_id}"]["post"]
    assert [each.get("$ref", each.get("name")) for each in shown["parameters"]] == [
        "#/components/parameters/Idempotency-Key",
        "order_id",
    ]
    assert shown["parameters"][1]["examples"]["of this run, 1"] == {"value": "o1"}
    assert shown["requestBody"]["content"]["application/json"]["schema"]["properties"]["sealed"] == sealed
    assert "security" not in shown
    assert description.operations(document)[0].matches("POST", "/api/orders/o1")


def test_the_summary_holds_every_finding_and_escapes_it(tmp_path: Path) -> None:
    judged = judge([Finding("pages", "reflected", "here", "<svg onload=xkz()>")], [])
    page = summary.write(tmp_path, [summary.Part("pages", 1.0, 1)], judged).read_text()
    assert "Open findings: 1" in page
    assert "<svg" not in page
    assert json.loads((tmp_path / "summary.json").read_text())["holds"] is False
