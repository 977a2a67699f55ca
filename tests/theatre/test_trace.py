"""The trace keeps the newest messages of a door, with verdicts and openings, and never costs a call its answer."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bank_sim.clock import Clock
from bank_sim.sandbox.trace import Exchange, Trace, open_trace
from bank_sim.sandbox.watching import note_opened, watched, watched_delivery
from bank_sim.sdk.protocol.checktable import CheckTable, row
from scenarios.home import Home
from scenarios.theatre.sources import Sources

TABLE = CheckTable([row("asked", lambda case: None, "all", "7.2.2-1")])
CLOCK = Clock(lambda: 0.0)


class _Sms:
    to, text = "15451826007", "付款100.00元，验证码123456"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "bank").mkdir()
    return Home(tmp_path)


@pytest.fixture
def trace(home: Home) -> Iterator[Trace]:
    with closing(Trace(home.party("bank") / "trace.db", kept=64)) as trace:
        yield trace


def environ(method: str = "POST", path: str = "/api/x", body: bytes = b'{"amount": "1.00"}') -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "QUERY_STRING": "",
        "wsgi.input": BytesIO(body),
        "sandbox.raw_path": path,
        "sandbox.raw_headers": [(b"content-type", b"application/json")],
        "sandbox.peer_certificate": None,
        "sandbox.received_ns": time.perf_counter_ns(),
    }


def answering(kind: str, body: bytes) -> Callable[..., Iterable[bytes]]:
    def app(env: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        TABLE.run(None, "all")
        note_opened("request", {"creditor_name": "somebody", "pin": "1234"})
        start_response("200 OK", [("content-type", kind)])
        return [b"seen: " + env["wsgi.input"].read(), body]

    return app


def asked(app: Any, env: dict[str, Any]) -> tuple[str, bytes]:
    started: list[str] = []
    parts = app(env, lambda status, headers: started.append(status))
    return started[0], b"".join(parts)


def exchanges(home: Home) -> list[Exchange]:
    return [seen for _, seen in Sources(home).new() if isinstance(seen, Exchange)]


def test_a_watched_application_answers_as_it_would_unwatched(trace: Trace) -> None:
    app = answering("application/json", b" {}")

    assert asked(watched(app, "gateway", trace, CLOCK), environ()) == asked(app, environ())


def test_a_message_is_kept_with_the_verdicts_and_what_its_sealed_part_held(trace: Trace, home: Home) -> None:
    asked(watched(answering("application/json", b""), "gateway", trace, CLOCK), environ())

    (seen,) = exchanges(home)
    assert (seen.door, seen.method, seen.target, seen.status) == ("gateway", "POST", "/api/x", 200)
    assert [(each.name, each.state, each.clauses) for each in seen.verdicts] == [("asked", "held", ("7.2.2-1",))]
    assert seen.opened["request"]["creditor_name"] == "*******y"
    assert "1234" not in json.dumps(seen.opened)
    assert json.loads(seen.request_body) == {"amount": "1.00"}


@pytest.mark.parametrize("kind", ["text/css", "image/svg+xml", "text/javascript"])
def test_scenery_is_not_kept(trace: Trace, home: Home, kind: str) -> None:
    asked(watched(answering(kind, b""), "pages", trace, CLOCK), environ("GET"))

    assert exchanges(home) == []


def test_what_an_application_lets_escape_escapes_and_the_next_call_is_watched_as_ever(trace: Trace, home: Home) -> None:
    def broken(env: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asked(watched(broken, "gateway", trace, CLOCK), environ())
    note_opened("answer", {"nobody": "listens"})
    asked(watched(answering("application/json", b""), "gateway", trace, CLOCK), environ())

    assert [list(each.opened) for each in exchanges(home)] == [["request"]]


def test_the_oldest_messages_go(trace: Trace, home: Home) -> None:
    for number in range(200):
        trace.keep(Exchange("gateway", number, number, "GET", f"/{number}"))

    kept = [each.at_ms for each in exchanges(home)]
    assert kept[-1] == 199
    assert len(kept) < 200 - 64


def test_a_file_that_cannot_be_written_costs_the_message_and_not_the_call(trace: Trace, home: Home) -> None:
    with closing(sqlite3.connect(home.party("bank") / "trace.db")) as db:
        db.execute("DROP TABLE messages")

    assert asked(watched(answering("application/json", b""), "gateway", trace, CLOCK), environ())[0] == "200 OK"


@pytest.mark.parametrize("place", ["_begun", "_finish", "_is_scenery", "redaction.members", "redaction.message_text"])
def test_a_defect_of_the_watching_costs_the_message_and_not_the_call(
    trace: Trace, home: Home, place: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*given: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(f"bank_sim.sandbox.watching.{place}", broken)
    app = answering("application/json", b" {}")

    assert asked(watched(app, "gateway", trace, CLOCK), environ()) == asked(app, environ())
    watched_delivery(lambda message: None, trace, CLOCK)(_Sms)
    assert "a message is not in the trace" in caplog.text


def test_half_a_surrogate_pair_in_a_message_costs_nobody_anything(trace: Trace, home: Home) -> None:
    sent = environ(body=b'{"amount": "\\ud800", "password": "\\udfff"}')

    assert asked(watched(answering("application/json", b""), "gateway", trace, CLOCK), sent)[0] == "200 OK"
    assert [json.loads(each.request_body)["amount"] for each in exchanges(home)] == ["?"]


def test_a_file_that_is_no_trace_keeps_no_bank_shut(tmp_path: Path) -> None:
    broken = tmp_path / "trace.db"
    broken.write_bytes(b"no database at all, only bytes " * 40)

    assert open_trace(broken) is None


def test_a_file_that_somebody_else_holds_slows_one_call_a_little_and_no_other(trace: Trace, home: Home) -> None:
    app = watched(answering("application/json", b""), "gateway", trace, CLOCK)
    with closing(sqlite3.connect(home.party("bank") / "trace.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        started_s = time.monotonic()
        for _ in range(20):
            assert asked(app, environ())[0] == "200 OK"
        took_s = time.monotonic() - started_s
        holder.execute("ROLLBACK")

    assert took_s < 0.5


def test_a_message_to_a_phone_is_kept_without_its_code(trace: Trace, home: Home) -> None:
    delivered: list[Any] = []
    watched_delivery(delivered.append, trace, CLOCK)(_Sms)

    (seen,) = exchanges(home)
    assert delivered == [_Sms]
    assert json.loads(seen.request_body) == {"to": "154****6007", "text": "付款100.00元，验证码••••••"}


def test_a_message_that_could_not_be_delivered_is_kept_as_such(trace: Trace, home: Home) -> None:
    class Sms:
        to, text = "15451826007", "hello"

    def fail(message: Any) -> None:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - which one does not matter here
        watched_delivery(fail, trace, CLOCK)(Sms)

    assert [each.status for each in exchanges(home)] == [502]


def test_processes_that_make_the_file_at_the_same_moment_wait_for_one_another(tmp_path: Path) -> None:
    def made(path: Path, together: threading.Barrier) -> None:
        together.wait()
        Trace(path).close()

    with ThreadPoolExecutor(4) as pool:
        for turn in range(30):
            together = threading.Barrier(4)
            for each in [pool.submit(made, tmp_path / f"trace-{turn}.db", together) for _ in range(4)]:
                each.result()
        assert len(list(tmp_path.glob("trace-*.db"))) == 30
