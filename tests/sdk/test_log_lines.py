"""Logs as lines of JSON: one a record, whatever it holds, with the trace id and without what a user sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bank_sim.sdk.log_lines import JsonLines, logged

TRACE = "0af7651916cd43dd8448eb211c80319c"
log = logging.getLogger("tests.log_lines")


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    handler = logging.FileHandler(tmp_path / "log")
    handler.setFormatter(JsonLines("bank"))
    loggers = (log, logging.getLogger("requests"))
    for each in loggers:
        each.addHandler(handler)
        each.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    for each in loggers:
        each.removeHandler(handler)
        each.setLevel(logging.NOTSET)
    handler.close()


def test_a_record_is_one_object_with_the_trace_id_on_its_own(lines: Callable[[], list[dict[str, Any]]]) -> None:
    log.warning("%s %s:\n%s", TRACE, "PARAM_INVALID", "two\nlines")
    log.info("nothing special")
    first, second = lines()
    assert (first["trace_id"], first["level"], first["service"]) == (TRACE, "warning", "bank")
    assert first["message"] == "PARAM_INVALID:\ntwo\nlines"
    assert "trace_id" not in second
    assert first["at"].endswith("+00:00")


@pytest.mark.clause("7.3.3-2.3")
def test_an_exception_is_told_by_kind_and_place(lines: Callable[[], list[dict[str, Any]]]) -> None:
    try:
        raise ValueError("account 6222020200112230001")
    except ValueError:
        log.exception("it failed")
    (line,) = lines()
    assert line["error"].startswith("ValueError at test_log_lines.py:")
    assert "6222020200112230001" not in json.dumps(line)


@pytest.mark.clause("7.3.3-2.3")
def test_a_request_is_a_line_without_identifiers_query_or_address(lines: Callable[[], list[dict[str, Any]]]) -> None:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("404 Not Found", [("x-trace-id", "f" * 32)])
        return ()

    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/api/accounts/acc_17/balance", "QUERY_STRING": "name=wang",
        "REMOTE_ADDR": "203.0.113.9", "HTTP_TRACEPARENT": f"00-{TRACE}-b7ad6b7169203331-01",
    }  # fmt: skip
    list(logged(app)(environ, lambda *_: None))
    (line,) = lines()
    assert (line["path"], line["status"]) == ("/api/accounts/{}/balance", 404)
    assert (line["trace_id"], line["trace"]) == ("f" * 32, TRACE)
    assert line["elapsed_us"] >= 0
    for word in ("wang", "203.0.113.9", "acc_17"):
        assert word not in json.dumps(line)
