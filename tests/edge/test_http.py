"""What the edge takes for HTTP, and what it answers to everything else. Raw bytes over real TLS."""

from __future__ import annotations

import json

import pytest

from tests.edge.conftest import Server, eventually

GET = b"GET /hello?a=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(body: bytes, *lines: bytes, path: bytes = b"/hello") -> bytes:
    head = b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n" % (path, len(body))
    return head + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def test_a_call_arrives_with_all_its_facts(server: Server) -> None:
    facts = server.ask(post(b"body", b"X-One: 1", b"X-One: 2", path=b"/a%2Fb/%E4%BD%A0?q=%20")).json
    assert facts["method"] == "POST"
    assert facts["path"] == "/a/b/ä½\xa0"
    assert facts["raw_path"] == "/a%2Fb/%E4%BD%A0"
    assert facts["query"] == "q=%20"
    assert facts["body"] == "body"
    assert facts["certificate_bytes"] is None
    assert 0 < facts["received_ns_ago"] < 1e9
    assert [each for each in facts["headers"] if each[0] == "x-one"] == [["x-one", "1"], ["x-one", "2"]]
    assert facts["variables"]["HTTP_X_ONE"] == "1,2"


def test_a_header_with_underscores_does_not_pass_for_another(server: Server) -> None:
    facts = server.ask(post(b"", b"X_Api_Version: 9", b"X-Api-Version: 1")).json
    assert facts["variables"]["HTTP_X_API_VERSION"] == "1"
    assert ["x_api_version", "9"] in facts["headers"]


def test_a_connection_serves_many_calls(server: Server) -> None:
    connection = server.connect()
    bodies = [connection.ask(post(str(number).encode())).json["body"] for number in range(5)]
    assert bodies == ["0", "1", "2", "3", "4"]


def test_pipelined_calls_are_answered_in_order(server: Server) -> None:
    connection = server.connect()
    connection.send(b"".join(post(str(number).encode()) for number in range(5)))
    bodies = [connection.answer().json["body"] for _ in range(5)]
    assert bodies == ["0", "1", "2", "3", "4"]


def test_a_chunked_body_arrives_whole(server: Server) -> None:
    head = b"POST /hello HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    facts = server.ask(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").json
    assert facts["body"] == "abcde"
    assert facts["variables"]["CONTENT_LENGTH"] == "5"
    assert "HTTP_TRANSFER_ENCODING" not in facts["variables"]


@pytest.mark.parametrize("behind", [b"", GET])
@pytest.mark.parametrize("trailers", [b"X-Late: 1\r\n", b"X-Late: 1\r\nContent-Digest: sm3=:AA==:\r\n"])
def test_trailer_fields_are_refused_and_do_not_reach_the_next_call(
    server: Server, trailers: bytes, behind: bytes
) -> None:
    connection = server.connect()
    head = b"POST /hello HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.send(post(b"before") + head + b"3\r\nabc\r\n0\r\n" + trailers + b"\r\n" + behind)
    assert connection.answer().json["body"] == "before"
    answer = connection.answer()
    assert (answer.status, answer.json["code"]) == (400, "MALFORMED_HTTP")
    assert connection.at_end()


def test_the_transfer_coding_may_be_written_in_capitals(server: Server) -> None:
    head = b"POST /hello HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: Chunked\r\n\r\n"
    assert server.ask(head + b"3\r\nabc\r\n0\r\n\r\n").json["body"] == "abc"


def test_a_url_of_the_host_is_a_target(server: Server) -> None:
    facts = server.ask(b"GET https://LOCALHOST/hello?a=1 HTTP/1.1\r\nHost: localhost\r\n\r\n").json
    assert (facts["raw_path"], facts["query"]) == ("/hello", "a=1")


def test_expect_100_continue_is_obeyed(server: Server) -> None:
    connection = server.connect()
    connection.send(b"POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    assert connection.answer().status == 100
    assert connection.ask(b"body").json["body"] == "body"


@pytest.mark.clause("7.1-7")
def test_answers_name_neither_server_nor_time(server: Server) -> None:
    headers = server.ask(GET).headers
    assert set(headers) == {"content-type", "content-length"}


GET_HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
POST_HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"

MALFORMED = {
    "no http": b"hello there\r\n\r\n",
    "nul in a header": GET_HEAD + b"X-A: one\0two\r\n\r\n",
    "nul in a header's name": GET_HEAD + b"X\0A: one\r\n\r\n",
    "blank before the colon": GET_HEAD + b"X-A : one\r\n\r\n",
    "bare carriage return": GET_HEAD + b"X-A: one\rX-B: two\r\n\r\n",
    "two lengths": POST_HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "negative length": POST_HEAD + b"Content-Length: -1\r\n\r\n",
    "length with a sign": POST_HEAD + b"Content-Length: +1\r\n\r\na",
    "length and chunks": POST_HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": POST_HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "coding not chunked": POST_HEAD + b"Transfer-Encoding: gzip\r\n\r\nabc",
    "chunked twice": POST_HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "gzip, then chunked": POST_HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "gzip, then chunked, on two lines": POST_HEAD
    + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked in http 1.0": b"POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a url of another host": b"GET https://other/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a url with a user": b"GET https://a@localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a url without host": b"GET https://localhost/ HTTP/1.0\r\n\r\n",
    "chunked disguised": POST_HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "bad chunk size": POST_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "http 2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "http 0.9": b"GET /\r\n\r\n",
    "version 9": b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "connect": b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "upgrade": GET_HEAD + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "8-bit target": b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "large head": GET_HEAD + b"X-A: " + b"a" * 17_000 + b"\r\n\r\n",
    "long target": b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "many headers": GET_HEAD + b"X: 1\r\n" * 101 + b"\r\n",
}


@pytest.mark.clause("7.2.2-1", "7.3.2-1")
@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_not_http_is_refused_and_reported(server: Server, name: str) -> None:
    before = len(server.reports())
    connection = server.connect()
    answer = connection.ask(MALFORMED[name])
    assert (answer.status, answer.json["code"]) == (400, "MALFORMED_HTTP")
    assert answer.headers["content-type"] == "application/problem+json"
    assert connection.at_end()
    reports = eventually(lambda: server.reports()[before:], "the refusal is reported")
    assert [each["code"] for each in reports] == ["MALFORMED_HTTP"]
    assert reports[0]["trace_id"] == answer.json["trace_id"]
    assert reports[0]["source"] == "127.0.0.1"


@pytest.mark.clause("7.2.2-1", "7.3.2-1")
@pytest.mark.parametrize("blank", [b" ", b"\t"])
def test_a_folded_header_is_refused_as_such_however_it_arrives(server: Server, blank: bytes) -> None:
    folded = GET_HEAD + b"X-A: one\r\n" + blank + b"two\r\n\r\n"
    whole = server.ask(folded)
    connection = server.connect()
    connection.send(folded[: -len(b"two\r\n\r\n") - 1])
    connection.send(blank)
    for answer in (whole, connection.answer()):
        assert (answer.status, answer.json["code"]) == (400, "HEADER_FOLDED")
    assert server.reports()[-1]["code"] == "HEADER_FOLDED"


def test_host_twice_is_refused(server: Server) -> None:
    answer = server.ask(b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: other\r\n\r\n")
    assert (answer.status, answer.json["code"]) == (400, "HEADER_DUPLICATED")


def test_the_report_of_a_refusal_leaves_the_query_out(server: Server) -> None:
    before = len(server.reports())
    server.ask(b"GET /accounts?card=6222020000000000000 HTTP/1.1\r\n\r\n")
    (report,) = eventually(lambda: server.reports()[before:], "the refusal is reported")
    assert report["path"] == "/accounts"
    assert report["method"] == "GET"


def test_a_whole_call_is_answered_before_the_rubbish_behind_it(server: Server) -> None:
    connection = server.connect()
    connection.send(post(b"whole") + b"rubbish\r\n\r\n")
    assert connection.answer().json["body"] == "whole"
    assert connection.answer().json["code"] == "MALFORMED_HTTP"
    assert connection.at_end()


def test_whole_calls_are_answered_before_one_whose_body_breaks(server: Server) -> None:
    before = len(server.reports())
    connection = server.connect()
    connection.send(post(b"1") + post(b"2") + MALFORMED["bad chunk size"])
    assert [connection.answer().json["body"] for _ in range(2)] == ["1", "2"]
    assert connection.answer().json["code"] == "MALFORMED_HTTP"
    assert len(eventually(lambda: server.reports()[before:], "the refusal is reported")) == 1


def test_a_body_that_breaks_while_it_is_awaited_is_refused(server: Server) -> None:
    connection = server.connect()
    connection.send(b"POST /hello HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    # The head and the rest come in two records, so that the application's side is waiting in between.
    connection.send(b"zz\r\n")
    assert connection.answer().json["code"] == "MALFORMED_HTTP"


@pytest.mark.clause("7.3.2-1")
@pytest.mark.parametrize("size", [65_537, 300_000, 3_000_000])
def test_a_body_over_64_kib_is_refused(server: Server, size: int) -> None:
    before = len(server.reports())
    connection = server.connect()
    connection.send(b"POST /big HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size)
    if size < 1_000_000:
        connection.send(b"x" * size)
    answer = connection.answer()
    assert (answer.status, answer.json["code"]) == (413, "BODY_TOO_LARGE")
    assert connection.at_end()
    assert eventually(lambda: server.reports()[before:], "the refusal is reported")[0]["path"] == "/big"


def test_a_body_of_64_kib_is_taken(server: Server) -> None:
    assert len(server.ask(post(b"x" * 65_536)).json["body"]) == 65_536


def test_a_chunked_body_over_64_kib_is_refused(server: Server) -> None:
    connection = server.connect()
    connection.send(b"POST /big HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.send(b"11000\r\n" + b"x" * 0x11000 + b"\r\n")
    assert connection.answer().json["code"] == "BODY_TOO_LARGE"


def test_a_large_body_that_asks_first_is_never_sent(server: Server) -> None:
    connection = server.connect()
    connection.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\nExpect: 100-continue\r\n\r\n")
    assert connection.answer().status == 413


@pytest.mark.clause("7.3.2-1")
def test_a_body_that_does_not_come_is_refused(server: Server) -> None:
    answer = server.ask(b"POST /slow-body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
    assert (answer.status, answer.json["code"]) == (408, "BODY_TIMEOUT")


@pytest.mark.clause("7.3.2-1")
def test_a_head_that_does_not_end_is_refused(server: Server) -> None:
    answer = server.ask(b"GET /slow-head HTTP/1.1\r\nHost: localhost\r\n")
    assert (answer.status, answer.json["code"]) == (408, "BODY_TIMEOUT")


def test_a_connection_that_asks_nothing_is_closed(server: Server) -> None:
    connection = server.connect()
    assert connection.at_end()


def test_blank_lines_do_not_keep_an_idle_connection_open(server: Server) -> None:
    connection = server.connect()
    assert connection.ask(GET).status == 200
    connection.send(b"\r\n")
    assert connection.at_end()


@pytest.mark.clause("7.1-7")
def test_a_failing_application_answers_opaquely_and_its_message_is_not_logged(server: Server) -> None:
    before = len(server.reports())
    answer = server.ask(post(b"{}", path=b"/boom"))
    assert (answer.status, answer.json["code"]) == (500, "INTERNAL_ERROR")
    assert set(answer.json) == {"type", "title", "title_zh", "status", "code", "detail", "trace_id", "retry_safe"}
    (report,) = eventually(lambda: server.reports()[before:], "the failure is reported")
    assert report["trace_id"] == answer.json["trace_id"]
    log = server.log_file.read_text()
    assert "ValueError at echo_server.py" in log
    assert "6222020000000000000" not in log + json.dumps(answer.json)


@pytest.mark.clause("7.3.3-1.2")
def test_a_client_that_leaves_within_a_body_too_large_has_been_reported(server: Server) -> None:
    before = len(server.reports())
    server.connect().send(b"POST /left HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\nabc")
    (report,) = eventually(lambda: server.reports()[before:], "the refusal is reported")
    assert (report["path"], report["code"]) == ("/left", "BODY_TOO_LARGE")
    server.hang_up()
    assert server.ask(GET).status == 200
    assert len(server.reports()[before:]) == 1


def test_a_client_that_leaves_within_its_body_reports_nothing(server: Server) -> None:
    before = len(server.reports())
    connection = server.connect()
    connection.send(b"POST /left HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
    server.hang_up()
    assert server.ask(GET).status == 200
    assert [each for each in server.reports()[before:] if each["path"] == "/left"] == []
