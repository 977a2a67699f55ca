"""Spans of what a party does, for a collector of OpenTelemetry, and the header that ties the parties' spans together.

Off by default, and then nothing of OpenTelemetry is loaded: a message still carries a ``traceparent`` of its own, so
that both ends can name it. Switched on, each message out is a span, each message in another, below the one that its
sender named. A span holds names, statuses and times: no body, no query, no header, no identifier in a path.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bank_sim.sdk.protocol.trace_context import TraceContext, read_traceparent

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span

Tracing = Callable[[str], AbstractContextManager[str]]
"""Opens a span for a message that is about to leave, by its name; gives the value of its ``traceparent``."""
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Our identifiers, and whatever else in a path is no plain word.
_SPECIFIC = re.compile(r"/(?=[^/]*[0-9_])[^/]+|/[^/]{25,}")
_EXPORT_EVERY_MS = 1_000
_OTLP_PATH = "/v1/traces"


class TracingUnavailable(ValueError):
    """Spans are asked for and cannot be had. The message is one line that says what to mend."""


@contextmanager
def untraced(name: str) -> Iterator[str]:
    """No span, and a trace of its own that nobody records."""
    digits = secrets.token_hex(24)
    yield TraceContext(digits[:32], digits[32:]).header()


class Spans:
    """One process's spans. Open it after ``fork``; ``close`` sends what is not sent yet."""

    def __init__(self, service: str, target: str) -> None:
        """``service``: who does it; ``target``: a file to append lines to, or the address of an OTLP collector."""
        require_tracing(target)
        self._provider = _provider(service, target)
        self._tracer = self._provider.get_tracer("bank-api-sandbox")

    @contextmanager
    def calling(self, name: str) -> Iterator[str]:
        """A message out (``Tracing``), below whatever is being done in this thread."""
        from opentelemetry.trace import SpanKind

        with self._span(name, SpanKind.CLIENT, None) as span:
            context = span.get_span_context()
            yield TraceContext(f"{context.trace_id:032x}", f"{context.span_id:016x}", sampled=True).header()

    def served(self, app: WsgiApp) -> WsgiApp:
        """The same application, with a span for each request, below the one that its ``traceparent`` names."""
        from opentelemetry.trace import SpanKind

        def serving(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            path = plain_path(environ.get("PATH_INFO", ""))
            method = environ["REQUEST_METHOD"]
            parent = read_traceparent(environ.get("HTTP_TRACEPARENT"))
            with self._span(f"{method} {path}", SpanKind.SERVER, _context(parent)) as span:
                span.set_attributes({"http.request.method": method, "url.path": path})

                def answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                    _note_answer(span, status, headers)
                    return start_response(status, headers, *more)

                return app(environ, answer)

        return serving

    def close(self) -> None:
        self._provider.shutdown()

    @contextmanager
    def _span(self, name: str, kind: Any, parent: Context | None) -> Iterator[Span]:
        """An exception ends the span as an error, by its kind: its message may quote what a user sent."""
        from opentelemetry.trace import StatusCode

        how: dict[str, Any] = {"kind": kind, "record_exception": False, "set_status_on_exception": False}
        with self._tracer.start_as_current_span(name, parent, **how) as span:
            try:
                yield span
            except Exception as error:
                span.set_attribute("error.type", getattr(error, "code", type(error).__name__))
                span.set_status(StatusCode.ERROR)
                raise


def open_spans(service: str, target: str) -> Spans | None:
    """None where no ``target`` is given. ``TracingUnavailable``."""
    return Spans(service, target) if target else None


def require_tracing(target: str) -> None:
    """``TracingUnavailable`` where spans are asked for and the library for them is not there."""
    if target and not (find_spec("opentelemetry") and find_spec("opentelemetry.sdk")):
        raise TracingUnavailable("Spans need OpenTelemetry: pip install 'bank-api-sandbox[tracing]'.")


def plain_path(path: str) -> str:
    """A path without what names a single thing: ``/api/accounts/{}/balance``."""
    return _SPECIFIC.sub("/{}", path)[:100]


def _note_answer(span: Span, status: str, headers: list[tuple[str, str]]) -> None:
    from opentelemetry.trace import StatusCode

    span.set_attribute("http.response.status_code", int(status[:3]))
    if trace_id := next((value for name, value in headers if name.lower() == "x-trace-id"), None):
        # By which the access log names the call.
        span.set_attribute("bank.trace_id", trace_id)
    if status[:1] == "5":
        span.set_status(StatusCode.ERROR)


def _context(parent: TraceContext | None) -> Context:
    """Below the sender's span; without one a trace begins, whatever else is going on in this thread."""
    from opentelemetry.context import Context
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    if parent is None:
        return Context()
    named = SpanContext(int(parent.trace_id, 16), int(parent.span_id, 16), is_remote=True, trace_flags=TraceFlags(1))
    return set_span_in_context(NonRecordingSpan(named), Context())


def _provider(service: str, target: str) -> TracerProvider:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource({"service.name": service}), shutdown_on_exit=False)
    exporter = _otlp(target) if urlsplit(target).scheme in ("http", "https") else _lines(service, Path(target))
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=_EXPORT_EVERY_MS))
    return provider


def _otlp(target: str) -> SpanExporter:
    if not find_spec("opentelemetry.exporter"):
        raise TracingUnavailable("A collector needs OpenTelemetry: pip install 'bank-api-sandbox[tracing]'.")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(target if urlsplit(target).path.strip("/") else target.rstrip("/") + _OTLP_PATH)


def _lines(service: str, path: Path) -> SpanExporter:
    """Writes each span as one line of JSON; lines of several processes do not mix."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class Lines(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            text = "".join(f"{json.dumps(_line(service, each), ensure_ascii=False)}\n" for each in spans)
            try:
                file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(file, text.encode())
                finally:
                    os.close(file)
            except OSError:
                return SpanExportResult.FAILURE
            return SpanExportResult.SUCCESS

    return Lines()


def _line(service: str, span: ReadableSpan) -> dict[str, Any]:
    context = span.get_span_context()
    started_ns, ended_ns = span.start_time or 0, span.end_time or 0
    return {
        "trace_id": f"{context.trace_id:032x}" if context else None,
        "span_id": f"{context.span_id:016x}" if context else None,
        "parent_id": f"{span.parent.span_id:016x}" if span.parent else None,
        "service": service,
        "kind": span.kind.name.lower(),
        "name": span.name,
        "start_ns": started_ns,
        "duration_us": (ended_ns - started_ns) // 1000,
        "status": span.status.status_code.name.lower(),
        "attributes": dict(span.attributes or {}),
    }
