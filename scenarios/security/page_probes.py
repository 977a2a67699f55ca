"""Hostile texts for fields, parameters and paths of the pages, and what an answer must not show of them.

Each text carries a mark, so that what comes back is known to be ours. The judgement is of the bytes of an answer alone:
it knows no page and no session.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec

from scenarios.security.findings import Finding

TOOL = "pages"
PATHS = Path(__file__).with_name("paths.toml")
_ELSEWHERE = "xkz-elsewhere.example"
PROBES = {
    "markup": 'xkz"><svg onload=xkz()>',
    "attribute": "xkz' onmouseover='xkz()",
    "script": "</script><script>xkz()</script>",
    "template": "xkz{{7*191}}${7*191}<%=7*191%>zkx",
    "sql quote": "xkz' OR '1'='1",
    "sql comment": 'xkz"; DROP TABLE users; --',
    "sql union": "1 UNION SELECT sql FROM sqlite_master --",
    "header": "xkz\r\nX-Xkz-Injected: 1\r\nSet-Cookie: xkz=1",
    "redirect": f"//{_ELSEWHERE}/",
    "redirect whole": f"https://{_ELSEWHERE}/",
    "redirect backslash": f"/\\{_ELSEWHERE}/",
    "script address": "javascript:xkz()",
    "traversal": "../../../../../../etc/passwd",
    "traversal encoded": "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "null": "xkz\x00.html",
    "directions": "xkz\u202e\u2066\u200b\ufeff",
    "lone surrogate": "xkz%ED%A0%80",
    "command": "xkz;$(id)`id`|id",
    "format": "%s%n%x{0.__class__}",
    "long": "x" * 9_000,
    "huge number": "9" * 400,
    "negative": "-1",
    "not a number": "NaN",
    "exponent": "1e309",
    "other digits": "１２３.٤٥",
    "empty": "",
    "nested": '{"a":' * 200,
}
# Without a type a browser guesses.
_RUNS_MARKUP = re.compile(r"html|xml|svg|^$")
_REFLECTED = ("<svg onload=xkz()>", "<script>xkz()", "xkz' onmouseover='xkz()")
_SPOKEN = re.compile(
    r"Traceback \(most recent|File \"[^\"]+\.py\"|sqlite3\.|jinja2\.|werkzeug|OperationalError|near \"[^\"]*\": syntax"
    r"|root:[x*]:0:0|uid=\d+\(|CREATE TABLE",
)
_EVALUATED = re.compile(r"xkz[^z]*1337")
_DEMANDED = {
    "content-security-policy": re.compile(r"^(?!.*unsafe).*(default-src|form-action)", re.DOTALL),
    "x-content-type-options": re.compile(r"^nosniff$"),
    "referrer-policy": re.compile(r"^(no-referrer|same-origin|strict-origin|strict-origin-when-cross-origin)$"),
}


def paths() -> list[str]:
    """Targets, as they are written on the wire, where programs and their keepers forget things."""
    return msgspec.toml.decode(PATHS.read_bytes(), type=dict[str, list[str]])["paths"]


def judged(answer: httpx.Response, where: str) -> Iterator[Finding]:
    """What an answer shows that none may, whatever was asked."""
    text = answer.text
    if answer.status_code >= 500:
        yield Finding(TOOL, "server_error", where, f"answered {answer.status_code}")
    if _RUNS_MARKUP.search(answer.headers.get("content-type", "")):
        yield from (Finding(TOOL, "reflected", where, f"unescaped: {each}") for each in _REFLECTED if each in text)
    if spoken := _SPOKEN.search(text):
        yield Finding(TOOL, "speaks_of_its_inside", where, spoken[0])
    if evaluated := _EVALUATED.search(text):
        yield Finding(TOOL, "template_evaluated", where, evaluated[0][:80])
    if "x-xkz-injected" in answer.headers or "xkz=" in answer.headers.get("set-cookie", ""):
        yield Finding(TOOL, "header_injected", where, "a line of ours became a header")
    location = answer.headers.get("location", "")
    if _leads_elsewhere(location, answer.request.url):
        yield Finding(TOOL, "open_redirect", where, location[:200])
    if "html" in answer.headers.get("content-type", "") and not answer.is_redirect:
        yield from _headers(answer, where)
    yield from _cookies(answer, where)


def _leads_elsewhere(location: str, url: httpx.URL) -> bool:
    """As browsers read it, which take a backslash for a slash."""
    if not location:
        return False
    try:
        target = url.join(location.replace("\\", "/"))
    except httpx.InvalidURL:
        return True
    return target.host == _ELSEWHERE or target.scheme not in ("http", "https")


def _headers(answer: httpx.Response, where: str) -> Iterator[Finding]:
    for name, wanted in _DEMANDED.items():
        given = answer.headers.get(name)
        if given is None or not wanted.search(given):
            yield Finding(TOOL, "header_missing", where, f"{name}: {given}")


def _cookies(answer: httpx.Response, where: str) -> Iterator[Finding]:
    for cookie in answer.headers.get_list("set-cookie"):
        attributes = {each.strip().lower().partition("=")[0] for each in cookie.split(";")[1:]}
        if missing := {"secure", "httponly", "samesite"} - attributes:
            name = cookie.partition("=")[0]
            yield Finding(TOOL, "cookie", where, f"{name} lacks {', '.join(sorted(missing))}")
