"""Makes messages of what the parties traced, and of nothing else.

Nothing is guessed but names: who calls an interface is read off the key that it names, who visits a page is the user.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qs, quote

import httpx

from bank_sim.sandbox.faults import HEADER, KINDS
from bank_sim.sandbox.trace import Exchange
from bank_sim.sdk.protocol.problems import CATALOGUE
from scenarios import messages
from scenarios.messages import Reading
from scenarios.texts import Text
from scenarios.theatre import words
from scenarios.theatre.message import Message
from scenarios.theatre.sources import Visit
from scenarios.wire import Message as OnTheWire

# What a machine made up (a reference, an identifier) says nothing to a reader.
_MADE_UP = re.compile(r"[A-Za-z]{0,3}_?[A-Za-z0-9_-]{16,}")
_DEVICE = "/device"
_OFFSTAGE = frozenset({"/language", "/favicon.ico"})
# The wallet notes that the bank posted an event; the bank's own trace tells which.
_TOLD_BY_THE_BANK = frozenset({"/events"})
_PLACE = re.compile(r"<[^>]+>")


def message_of(key: str, seen: Exchange | Visit, applications: Mapping[str, tuple[str, str]]) -> Message | None:
    """The message that a party saw; None for what is no part of the play: the offices' pages, a change of language."""
    if (seen.rule if isinstance(seen, Visit) else seen.target.partition("?")[0]) in _OFFSTAGE:
        return None
    if isinstance(seen, Visit):
        return None if seen.rule in _TOLD_BY_THE_BANK else _of_visit(key, seen)
    if seen.door == "sms":
        return _of_sms(key, seen)
    if seen.door == "events":
        return _of_event(key, seen, applications)
    if seen.door == "gateway":
        return _of_call(key, seen, applications)
    if seen.door == "pages":
        return _of_page(key, seen)
    return None


def _of_call(key: str, seen: Exchange, applications: Mapping[str, tuple[str, str]]) -> Message:
    reading = messages.read(_on_the_wire(seen))
    path = seen.target.partition("?")[0]
    asks, answers = words.BY_API.get(reading.api_id or "") or words.BY_PATH.get(path) or _plain(seen, path)
    if path == "/oauth/token":
        asks, answers = _token_words(reading, (asks, answers))
    named = applications.get(_app_id(reading))
    fault = _header(seen.answer_headers, HEADER)
    return Message(
        key=key,
        kind="oauth" if path.startswith("/oauth/") else "api",
        sender="application",
        receiver="bank",
        at_ms=seen.at_ms,
        started_ns=seen.started_ns,
        ended_ns=seen.started_ns + seen.elapsed_ns,
        asks=asks,
        answers=_fault_text(fault) or refusal_text(reading.code, seen.status) or answers,
        technical=f"{seen.method} {shortened(path)}",
        status=seen.status,
        code=reading.code,
        fault=fault,
        application=Text(*named) if named else None,
        reading=reading,
        exchange=seen,
    )


def _fault_text(fault: str) -> Text | None:
    """What the faults do to the answer, in the order in which the bank names them."""
    kinds = [KINDS[name] for each in fault.split(",") if (name := each.partition(";")[0].strip()) in KINDS]
    return Text("Fault: " + " ".join(k.en for k in kinds), "故障：" + "".join(k.zh for k in kinds)) if kinds else None


def _of_page(key: str, seen: Exchange) -> Message:
    path = seen.target.partition("?")[0]
    location = _header(seen.answer_headers, "location")
    device = path.startswith(_DEVICE)
    asks = words.page_request("bank", seen.method, path, seen.title)
    if "decision=" in seen.request_body:
        asks = words.decision(parse_qs(seen.request_body)["decision"][0])
    code = next((each.code for each in seen.verdicts if each.state == "refused" and each.code), None)
    code = code if seen.status >= HTTPStatus.BAD_REQUEST else None
    return Message(
        key=key,
        kind="device" if device else "bank_page",
        sender="phone" if device else "user",
        receiver="bank",
        at_ms=seen.at_ms,
        started_ns=seen.started_ns,
        ended_ns=seen.started_ns + seen.elapsed_ns,
        asks=asks,
        answers=refusal_text(code, seen.status)
        or (words.ANSWER if device else words.page_answer(seen.title, location)),
        technical=f"{seen.method} {shortened(path)}",
        status=seen.status,
        code=code,
        exchange=seen,
    )


def _of_sms(key: str, seen: Exchange) -> Message:
    return Message(
        key=key,
        kind="sms",
        sender="bank",
        receiver="phone",
        at_ms=seen.at_ms,
        started_ns=seen.started_ns,
        ended_ns=seen.started_ns + seen.elapsed_ns,
        asks=words.SMS if "•" in seen.request_body else words.SMS_PLAIN,
        answers=words.ARRIVED if seen.status < HTTPStatus.BAD_REQUEST else words.NOT_ARRIVED,
        technical="SMS",
        status=seen.status,
        exchange=seen,
    )


def _of_event(key: str, seen: Exchange, applications: Mapping[str, tuple[str, str]]) -> Message:
    """What the bank posts to an application."""
    reading = messages.read(_on_the_wire(seen))
    said = reading.request.clear
    named = applications.get(str(said.get("app_id", "")))
    return Message(
        key=key,
        kind="event",
        sender="bank",
        receiver="application",
        at_ms=seen.at_ms,
        started_ns=seen.started_ns,
        ended_ns=seen.started_ns + seen.elapsed_ns,
        asks=words.event(str(said.get("type", ""))),
        answers=words.BELIEVED if seen.status < HTTPStatus.MULTIPLE_CHOICES else words.NOT_BELIEVED,
        technical=f"POST {shortened(seen.target)}",
        status=seen.status,
        application=Text(*named) if named else None,
        reading=reading,
        exchange=seen,
    )


def _of_visit(key: str, seen: Visit) -> Message:
    return Message(
        key=key,
        kind="application_page" if seen.party == "application" else "phone_page",
        sender="user",
        receiver=seen.party,
        at_ms=seen.at_ms,
        started_ns=seen.started_ns,
        ended_ns=seen.started_ns + seen.elapsed_ns,
        asks=words.page_request(seen.party, seen.method, seen.rule, seen.title),
        answers=refusal_text(None, seen.status) or words.page_answer(seen.title, seen.leads_to),
        technical=f"{seen.method} {_PLACE.sub('…', seen.rule) or '?'}",
        status=seen.status,
        visit=seen,
    )


def refusal_text(code: str | None, status: int) -> Text | None:
    """What a refusal says; None for an answer that is none."""
    kind = CATALOGUE.get(code or "")
    if kind is not None:
        return Text(kind.title.rstrip("."), kind.title_zh.rstrip("。"))
    return words.REFUSED if status >= HTTPStatus.BAD_REQUEST else None


def shortened(path: str) -> str:
    """A path without the references that machines make up."""
    return "/".join("…" if _MADE_UP.fullmatch(each) else each for each in path.split("/"))


def _plain(seen: Exchange, path: str) -> words.Said:
    asked = f"{seen.method} {shortened(path)}"
    return Text(f"Asks for {asked}", f"请求{asked}"), words.ANSWER


def _token_words(reading: Reading, default: words.Said) -> words.Said:
    return words.BY_GRANT.get(str(reading.request.clear.get("grant_type")), default)


def _app_id(reading: Reading) -> str:
    if reading.request.signature is not None:
        return reading.request.signature.keyid.partition(".")[0]
    return str(reading.request.clear.get("client_id", ""))


def _header(headers: list[tuple[str, str]], name: str) -> str:
    return next((value for each, value in headers if each.lower() == name), "")


def _on_the_wire(seen: Exchange) -> OnTheWire:
    """The exchange in the form in which a tap has it; what the trace withheld stays so."""
    # A foreign client may ask for what is no path at all; it is shown all the same.
    path = "/" + quote(seen.target.partition("?")[0], safe="/%").lstrip("/")
    request = httpx.Request(seen.method, f"https://localhost{path}", headers=_ascii(seen.request_headers))
    answer = httpx.Response(seen.status, headers=_ascii(seen.answer_headers), content=seen.answer_body.encode())
    return OnTheWire(request, seen.request_body.encode(), answer)


def _ascii(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers]
