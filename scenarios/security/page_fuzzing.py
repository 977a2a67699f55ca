"""Walks the pages as a browser does, and tries hostile texts in all that takes one: forms, parameters, paths.

    walk     every page that links lead to, from where a visitor begins; their forms and parameters are collected
    texts    each probe in each field of each form, the others left as the page has them; in each parameter of a link
    forgery  each form that changes something, without the page's token, and with a foreign ``Origin``
    doors    what only somebody logged in came to, opened by nobody
    paths    a bundled list of forgotten places, at every face

Bounded: so many pages, forms of one kind once. What leads out of a session (logging out) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import msgspec

from scenarios.security import page_probes, visitors
from scenarios.security.findings import Finding
from scenarios.security.visitors import Visitor
from scenarios.world import World
from user_sim.browser import NavigationBlocked, Page
from user_sim.forms import Button, CannotFill, Form

_PAGES_MAX = 80
_FORMS_MAX = 60
_QUICK_PAGES = 12
_QUICK_PROBES = ("markup", "template", "sql quote", "header", "redirect", "null", "long")
_LEAVING = re.compile(r"/(logout|log-out|leave|sign-?out)\b")
_TOKENS = ("csrf", "csrf_token")
_STRANGE_ORIGIN = "https://evil.localhost"
_STAFF_ONLY = "console.localhost"
_IDENTIFIERS = re.compile(r"(?<=/)(?=[^/]*[0-9_:])[^/]{6,}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a walk has found. ``pages`` by address; ``forms`` one of a kind, with the page that showed it."""

    pages: dict[str, Page]
    forms: dict[str, tuple[Page, Form]]


class Fuzzer:
    """One visitor's run over the pages. ``tried`` counts requests."""

    def __init__(self, visitor: Visitor, *, quick: bool) -> None:
        self.tried = 0
        self.findings: dict[Finding, None] = {}
        self._visitor = visitor
        self._where = ""
        self._pages_max = _QUICK_PAGES if quick else _PAGES_MAX
        self._probes = {name: text for name, text in page_probes.PROBES.items() if not quick or name in _QUICK_PROBES}
        visitor.wire.heard = self._heard

    def walk(self) -> Seen:
        """Every page within reach, breadth first."""
        seen = Seen({}, {})
        waiting = list(self._visitor.starts)
        while waiting and len(seen.pages) < self._pages_max:
            url = waiting.pop(0)
            if _kind(url) in {_kind(each) for each in seen.pages}:
                continue
            page = self._opened(url, f"walk {_kind(url)}")
            if page is None:
                continue
            seen.pages[url] = page
            waiting += [each for each in _links(page) if each not in seen.pages]
            for form in page.document.forms:
                if not _LEAVING.search(form.action) and len(seen.forms) < _FORMS_MAX:
                    action = urlsplit(form.action or page.location.path).path
                    seen.forms.setdefault(f"{form.method} {_kind(action)} {sorted(form.names())}", (page, form))
        return seen

    def try_texts(self, seen: Seen) -> None:
        """Each probe in each field and in each parameter."""
        for page, form in seen.forms.values():
            names = dict.fromkeys(each.name for each in form.controls if each.name)
            for name in names:
                for probe, text in self._probes.items():
                    self._submit(page, _with(form, name, text), f"field {name} of {_place(page, form)}: {probe}")
        for url in seen.pages:
            parts = urlsplit(url)
            for name, _ in parse_qsl(parts.query):
                for probe, text in self._probes.items():
                    given = dict(parse_qsl(parts.query)) | {name: text}
                    address = parts._replace(query=urlencode(given, errors="surrogatepass")).geturl()
                    self._opened(address, f"parameter {name} of {_kind(url)}: {probe}")

    def forge(self, seen: Seen) -> None:
        """Each form that changes something, as another site or a stale page would send it: none may be obeyed."""
        for page, form in seen.forms.values():
            if form.method != "POST":
                continue
            where = _place(page, form)
            tokens = [each for each in form.controls if each.name in _TOKENS]
            if tokens:
                bare = replace(form, controls=[each for each in form.controls if each.name not in _TOKENS])
                self._expect_refusal(page, bare, f"no token: {where}")
                self._expect_refusal(page, _with(form, tokens[0].name, "x" * 43), f"foreign token: {where}")
            self._expect_refusal(page, form, f"foreign origin: {where}", origin=_STRANGE_ORIGIN)

    def try_paths(self) -> None:
        """The bundled list at every face."""
        for start in self._visitor.starts:
            base = "https://" + urlsplit(start).netloc
            for path in page_probes.paths():
                self._raw("GET", base, path)
            for method in ("TRACE", "PUT", "DELETE", "PROPFIND", "xkz"):
                answer = self._raw(method, base, "/")
                if answer is not None and answer.status_code < HTTPStatus.BAD_REQUEST:
                    self._found("method", f"{method} {urlsplit(start).hostname}", f"answered {answer.status_code}")

    def knock(self, closed: Mapping[str, Page]) -> None:
        """Open as this visitor what another came to when logged in: none of their figures may be shown.

        At the console, whose every page but the login is for the staff, nothing at all may be.
        """
        for url, theirs in closed.items():
            page = self._opened(url, f"door {_kind(url)}")
            if page is None or page.status >= HTTPStatus.BAD_REQUEST or page.location.path != theirs.location.path:
                continue
            shared = _figures(theirs) & _figures(page)
            if shared or urlsplit(url).hostname == _STAFF_ONLY:
                shown = ", ".join(sorted(shared)[:3]) or page.document.title
                self._found("open_door", _kind(url), f"shown without a login: {shown}")

    def _expect_refusal(self, page: Page, form: Form, where: str, origin: str | None = None) -> None:
        self._where = where
        browser = self._visitor.browser
        browser.page = page
        button = _pressed(form)
        body = urlencode(form.filled({}, button))
        target = httpx.URL(page.location.url).join((button.action if button else None) or form.action)
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": origin or page.location.origin,
            "sec-fetch-site": "cross-site" if origin else "same-origin",
            "cookie": browser.cookies.header(page.location, "POST", page.location) or "",
        }
        answer = self._sent(httpx.Request("POST", target, headers=headers, content=body.encode()))
        if answer is not None and answer.status_code < HTTPStatus.BAD_REQUEST:
            leads = answer.headers.get("location", "")
            self._found("forged_form", where, f"answered {answer.status_code} {leads}")

    def _submit(self, page: Page, form: Form, where: str) -> None:
        self._where = where
        self._visitor.browser.page = page
        with suppress(NavigationBlocked, CannotFill, httpx.InvalidURL, ValueError):
            try:
                self._visitor.browser.submit(form, {}, _pressed(form))
            except httpx.HTTPError as error:
                self._found("no_answer", where, repr(error))

    def _opened(self, url: str, where: str) -> Page | None:
        self._where = where
        with suppress(NavigationBlocked, httpx.InvalidURL, ValueError):
            try:
                return self._visitor.browser.open(url)
            except httpx.HTTPError as error:
                self._found("no_answer", where, repr(error))
        return None

    def _raw(self, method: str, base: str, path: str) -> httpx.Response | None:
        """A target as it is written, which no client has tidied."""
        self._where = f"{method} {urlsplit(base).hostname}{path}"
        request = httpx.Request(method, base, headers={"accept": "text/html"}, extensions={"target": path.encode()})
        return self._sent(request)

    def _sent(self, request: httpx.Request) -> httpx.Response | None:
        request.extensions = {**request.extensions, "timeout": httpx.Timeout(15.0).as_dict()}
        try:
            return self._visitor.wire.handle_request(request)
        except httpx.HTTPError as error:
            self._found("no_answer", self._where, repr(error))
            return None

    def _heard(self, answer: httpx.Response) -> None:
        self.tried += 1
        where = f"{self._visitor.name}: {self._where}"
        self.findings.update(dict.fromkeys(page_probes.judged(answer, where)))

    def _found(self, check: str, where: str, what: str) -> None:
        self.findings[Finding(page_probes.TOOL, check, f"{self._visitor.name}: {where}", what)] = None


def fuzz(world: World, reports: Path, *, quick: bool) -> list[Finding]:
    """Everything, as every visitor; ``pages.json`` tells how much was tried."""
    findings: dict[Finding, None] = {}
    tried: dict[str, dict[str, int]] = {}
    closed: dict[str, Page] = {}
    for come in _visitors(world):
        with come() as visitor:
            fuzzer = Fuzzer(visitor, quick=quick)
            seen = fuzzer.walk()
            closed |= {
                url: page for url, page in seen.pages.items() if page.status == HTTPStatus.OK and not _public(url)
            }
            fuzzer.try_texts(seen)
            fuzzer.forge(seen)
        findings |= fuzzer.findings
        tried[visitor.name] = {"pages": len(seen.pages), "forms": len(seen.forms), "requests": fuzzer.tried}
    with visitors.nobody(world) as visitor:
        fuzzer = Fuzzer(visitor, quick=quick)
        seen = fuzzer.walk()
        fuzzer.try_texts(seen)
        fuzzer.forge(seen)
        fuzzer.try_paths()
        fuzzer.knock({url: page for url, page in closed.items() if url not in seen.pages})
    findings |= fuzzer.findings
    tried[visitor.name] = {"pages": len(seen.pages), "forms": len(seen.forms), "requests": fuzzer.tried}
    (reports / "pages.json").write_bytes(msgspec.json.format(msgspec.json.encode(tried)))
    return list(findings)


def _visitors(world: World) -> Iterator[Callable[[], AbstractContextManager[Visitor]]]:
    yield partial(visitors.customer, world)
    yield partial(visitors.applicant, world)
    for role in ("operator", "reviewer", "auditor"):
        yield partial(visitors.staff, world, role)


def _with(form: Form, name: str, text: str) -> Form:
    """The form with one field saying this, whatever the page would allow."""
    controls = [
        replace(
            each,
            kind="hidden" if each.name == name or not each.is_box else each.kind,
            value=text if each.name == name else each.value,
            required=False,
            pattern=None,
            length_max=None,
        )
        for each in form.controls
    ]
    return replace(form, controls=controls)


def _pressed(form: Form) -> Button | None:
    return replace(form.buttons[0], validates=False) if form.buttons else None


def _public(url: str) -> bool:
    """The portal is for everybody, but for what lies under somebody's application."""
    parts = urlsplit(url)
    return parts.hostname == "portal.localhost" and not parts.path.startswith("/apply/")


def _figures(page: Page) -> set[str]:
    """Lines that say something of somebody: those with a number of some length in them."""
    return {each for each in page.document.lines if re.search(r"\d[\d.,:*-]{3,}", each)}


def _links(page: Page) -> Iterator[str]:
    """Where the page's links lead within its own host, without those that end the session."""
    here = httpx.URL(page.location.url)
    for link in page.document.links:
        with suppress(httpx.InvalidURL):
            target = here.join(link.href)
            if (target.host, target.port) == (here.host, here.port) and not _LEAVING.search(target.path):
                yield str(target.copy_with(fragment=None))


def _kind(url: str) -> str:
    """An address without what tells one object from another."""
    parts = urlsplit(url)
    names = ",".join(sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)))
    return f"{parts.hostname or ''}{_IDENTIFIERS.sub('*', parts.path)}" + (f"?{names}" if names else "")


def _place(page: Page, form: Form) -> str:
    return f"{form.method} {_kind(str(httpx.URL(page.location.url).join(form.action)))}"
