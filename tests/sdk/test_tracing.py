"""Spans: one deed of several parties is one trace, and none of it says what a message held."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from bank_sim.sdk import tracing
from bank_sim.sdk.protocol.problems import PARAM_INVALID
from bank_sim.sdk.tracing import Spans, TracingUnavailable, open_spans, plain_path

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def ask(app: tracing.WsgiApp, path: str, traceparent: str | None = None) -> str:
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
    environ |= {"HTTP_TRACEPARENT": traceparent} if traceparent else {}
    statuses: list[str] = []
    list(app(environ, lambda status, headers, *more: statuses.append(status)))
    return statuses[0]


def answering(status: str) -> tracing.WsgiApp:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(status, [("X-Trace-Id", "t" * 32)])
        return (b"secret answer",)

    return app


def spans_in(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_page_its_call_and_the_bank_behind_it_are_one_trace(tmp_path: Path) -> None:
    file = tmp_path / "spans.jsonl"
    with closing(Spans("bank", str(file))) as banks, closing(Spans("wallet", str(file))) as wallets:
        bank = banks.served(answering("200 OK"))

        def page(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            with wallets.calling("accounts.list") as traceparent:
                start_response(ask(bank, "/api/accounts", traceparent), [])
            return ()

        assert ask(wallets.served(page), "/accounts", PARENT) == "200 OK"
    page_span, call, at_bank = (
        next(each for each in spans_in(file) if each["name"] == name)
        for name in ("GET /accounts", "accounts.list", "GET /api/accounts")
    )
    assert {each["trace_id"] for each in (page_span, call, at_bank)} == {PARENT[3:35]}
    assert (page_span["parent_id"], call["parent_id"], at_bank["parent_id"]) == (
        PARENT[36:52], page_span["span_id"], call["span_id"],
    )  # fmt: skip
    assert at_bank["attributes"]["bank.trace_id"] == "t" * 32
    assert [each["service"] for each in (page_span, call, at_bank)] == ["wallet", "wallet", "bank"]


def test_a_malformed_traceparent_begins_a_trace_anew_and_fails_nothing(tmp_path: Path) -> None:
    file = tmp_path / "spans.jsonl"
    with closing(Spans("bank", str(file))) as spans:
        assert ask(spans.served(answering("200 OK")), "/api/rates", PARENT.upper()) == "200 OK"
    (span,) = spans_in(file)
    assert span["parent_id"] is None


def test_what_fails_is_told_by_its_code_and_never_by_its_words(tmp_path: Path) -> None:
    file = tmp_path / "spans.jsonl"
    with closing(Spans("wallet", str(file))) as spans:
        for error in (PARAM_INVALID.problem("account 6222020200112230001"), KeyError("6222020200112230001")):
            with pytest.raises(type(error)), spans.calling("transfers.create"):
                raise error
        ask(spans.served(answering("500 Oh")), "/accounts/6222020200112230001")
    text = file.read_text()
    assert "6222020200112230001" not in text
    assert "secret answer" not in text
    assert [each["status"] for each in spans_in(file)] == ["error"] * 3
    assert [each["attributes"].get("error.type") for each in spans_in(file)] == ["PARAM_INVALID", "KeyError", None]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/rates", "/api/rates"),
        ("/api/accounts/acc_f3kq/balance", "/api/accounts/{}/balance"),
        ("/act/suspend_application/app_aaaaaaaaaaaa", "/act/{}/{}"),
        ("/phone/15400000001", "/phone/{}"),
        ("/" + "x" * 40, "/{}"),
        ("/", "/"),
    ],
)
def test_a_path_is_told_without_what_names_a_single_thing(path: str, shown: str) -> None:
    assert plain_path(path) == shown


def test_a_collector_gets_spans_over_http(tmp_path: Path) -> None:
    got: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(HTTPStatus.OK)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return None

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        with closing(Spans("bank", f"http://127.0.0.1:{server.server_port}")) as spans:
            ask(spans.served(answering("200 OK")), "/api/rates", PARENT)
        thread.join(5)
    ((path, body),) = got
    assert path == "/v1/traces"
    assert bytes.fromhex(PARENT[3:35]) in body


def test_nothing_of_the_library_is_loaded_while_nobody_asks_for_spans() -> None:
    assert open_spans("bank", "") is None
    script = "import sys, bank_sim.sdk.tracing; sys.exit('opentelemetry' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "find_spec", lambda name: None)
    with pytest.raises(TracingUnavailable, match="pip install"):
        open_spans("bank", "spans.jsonl")
