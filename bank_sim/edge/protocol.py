"""HTTP/1.1 on one connection: uvicorn's httptools protocol, made strict.

Beyond uvicorn it hands over the client's verified certificate, bounds the head in size and time, and answers what is
not HTTP as problem+json, recorded. A request that arrived whole is always answered before a broken one behind it: a
transfer must not run while its answer is replaced by a complaint about the next bytes.

What one connection may hold in memory is bounded too: so many requests ahead of their answers, so much of an answer
that its client does not read, and that for so long.

Pinned to uvicorn 0.54: it overrides methods that are not a public interface. tests/edge holds it to its behaviour.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, cast

import httptools
from uvicorn.config import Config as UvicornConfig
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from bank_sim.edge.connection import Connection
from bank_sim.edge.corked import CorkedTransport
from bank_sim.edge.heads import Head, require_strict
from bank_sim.edge.mishaps import Line
from bank_sim.edge.refusals import Refusal, Report, answer_to, new_trace_id, path_of
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.problems import BODY_TIMEOUT, HEADER_FOLDED, MALFORMED_HTTP, RATE_LIMITED, Problem

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

# What waits for its client to read, beside the answer that is being written; asyncio's default for TLS is 512 KiB.
_UNREAD_BYTES_MAX = 65_536
# What the parser says of a line that begins with a blank (RFC 9112 section 5.2).
_FOLDED = "Unexpected whitespace after header value"


class EdgeProtocol(HttpToolsProtocol):
    """One connection of one listener."""

    def __init__(self, config: UvicornConfig, server_state: ServerState, policy: Policy, report: Report) -> None:
        super().__init__(config, server_state, app_state={})
        self._policy = policy
        self._report = report
        self._head_bytes = 0
        self._in_head = False
        self._in_body = False
        self._unanswered = 0
        self._under_way: RequestResponseCycle | None = None
        # Since when nothing has been asked on it, by the loop's clock; None while something is under way.
        self.idle_since_s: float | None = self.loop.time()
        self._fault: Problem | None = None
        self._head_deadline: asyncio.TimerHandle | None = None
        self._write_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        transport.set_write_buffer_limits(high=_UNREAD_BYTES_MAX)
        self._corked = CorkedTransport(transport)
        super().connection_made(self._corked)
        tls = transport.get_extra_info("ssl_object")
        # uvicorn copies this dictionary into every request's scope["state"].
        self._line = Line(self._corked)
        self.app_state["line"] = self._line
        certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        self.app_state["peer_certificate"] = certificate
        self.app_state["connection"] = Connection.begun(self.client[0] if self.client else "-", certificate)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        self._written()
        super().connection_lost(exc)
        # uvicorn tells the request that came last, behind which the one under way would wait for ever.
        if self._under_way is not None and not self._under_way.response_complete:
            self._under_way.disconnected = True
            self._under_way.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._under_way = cycle
        super()._start_asgi_task(cycle, app)

    def shutdown(self) -> None:
        """The bank stops: what is under way is finished, and what a mishap keeps waiting is finished now."""
        self._line.ending.set()
        super().shutdown()

    def pause_writing(self) -> None:
        """The client does not read. It gets some time to begin; cut off, it cannot be told why."""
        super().pause_writing()
        self._write_deadline = self.loop.call_later(self._policy.write_timeout_s, self.transport.abort)

    def resume_writing(self) -> None:
        self._written()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        if self._fault is not None or self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            found = error.__context__
            self._refuse(found if isinstance(found, Problem) else _unreadable(error))
            return
        # Blank lines between requests (RFC 9112 section 2.2) begin none, but they ended the wait for the next.
        if self._head_deadline is None and (self._in_head or self._unanswered == 0):
            self._await_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["received_ns"] = time.perf_counter_ns()
        self._head_bytes = 0
        self._in_head = True
        self.idle_since_s = None

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            raise MALFORMED_HTTP.problem("A chunked body has no trailer fields here: nothing signs or checks them.")
        super().on_header(name, value)
        self._count_head(len(name) + len(value))

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_arrived()
        self.scope["method"] = self.parser.get_method().decode("ascii")
        require_strict(
            Head(self.parser.get_http_version(), self.parser.should_upgrade(), self.url, tuple(self.headers))
        )
        if len(self.pipeline) >= self._policy.pipelined_calls_max:
            raise RATE_LIMITED.problem(
                "Too many calls wait on this connection: read the answers first.", retry_after_s=1
            )
        super().on_headers_complete()
        self._in_body = True
        self._unanswered += 1

    def on_message_complete(self) -> None:
        self._in_body = False
        # Tells the bridge that it need not arm a timer against a slow body.
        self.scope["state"]["whole"] = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._unanswered -= 1
        self._corked.flush()
        if self._unanswered == 0 and not self._in_head:
            self.idle_since_s = self.loop.time()
        super().on_response_complete()
        self._answer_fault_in_turn()

    def _count_head(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > self._policy.head_bytes_max or len(self.headers) > self._policy.header_lines_max:
            raise MALFORMED_HTTP.problem("The head of the request is too large.")

    def _await_head(self) -> None:
        self._head_deadline = self.loop.call_later(self._policy.head_timeout_s, self._head_is_late)

    def _head_arrived(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _written(self) -> None:
        if self._write_deadline is not None:
            self._write_deadline.cancel()
            self._write_deadline = None

    def _head_is_late(self) -> None:
        if self._in_head:
            self._refuse(BODY_TIMEOUT.problem())
        else:
            # Nothing was asked, so there is nothing to answer.
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        """End the connection with ``problem``, once everything that arrived whole before it is answered."""
        self._fault = problem
        if self._in_body and not self.cycle.response_complete:
            self._abandon(self.cycle)
        self._answer_fault_in_turn()

    def _abandon(self, cycle: RequestResponseCycle) -> None:
        """A request whose body broke off is not run; where the application waits for the body, it is told."""
        self._unanswered -= 1
        queued = [entry for entry in self.pipeline if entry[0] is not cycle]
        self.pipeline.clear()
        self.pipeline.extend(queued)
        cycle.disconnected = True
        cycle.message_event.set()

    def _answer_fault_in_turn(self) -> None:
        if self._fault is not None and self._unanswered == 0:
            self._answer_fault(self._fault)

    def _answer_fault(self, problem: Problem) -> None:
        trace_id = new_trace_id()
        # Reported first: who has the answer may rely on its record.
        self._report(self._refusal(problem, trace_id))
        if not self.transport.is_closing():
            status, headers, body = answer_to(problem, trace_id)
            lines = b"".join(b"%b: %b\r\n" % header for header in headers)
            self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + body)
            self.transport.close()

    def _refusal(self, problem: Problem, trace_id: str) -> Refusal:
        # Before the first line of a request has come, there is neither scope nor url.
        scope = cast("dict[str, Any]", self.scope) or {}
        received_ns = scope.get("state", {}).get("received_ns", time.perf_counter_ns())
        return Refusal(
            problem=problem,
            trace_id=trace_id,
            method=scope.get("method", "-"),
            path=path_of(getattr(self, "url", b"")),
            source=self.client[0] if self.client else "-",
            elapsed_us=(time.perf_counter_ns() - received_ns) // 1000,
        )


def _unreadable(error: Exception) -> Problem:
    return HEADER_FOLDED.problem() if str(error) == _FOLDED else MALFORMED_HTTP.problem()
