"""A browser without scripts or pictures, on plain HTTP.

It sends what a browser sends (cookies, ``Referer``, ``Origin``, ``Sec-Fetch-*``) and refuses what a browser refuses
(``form-action`` and ``frame-ancestors`` of a page's CSP, with a report where one is wanted). It knows nothing of banks
and wallets, and calls nothing but addresses that it was given or that a page names. ``transport`` is pluggable: an
attacker on the wire is a transport.
"""

from __future__ import annotations

import ssl
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import httpx

from user_sim import pages
from user_sim.browser import Device, NavigationBlocked, OnVisit, Opener, Page, Visit
from user_sim.cookies import CookieJar
from user_sim.forms import Answers, Button, Form
from user_sim.origins import (
    DEFAULT_REFERRER_POLICY,
    Location,
    form_may_go_to,
    locate,
    may_be_framed,
    posted_origin,
    referrer,
    report_address,
    same_site,
)

REDIRECTS_MAX = 20
TIMEOUT_S = 15.0
# Shorter than servers keep idle connections, so that no request is sent into a closing one.
IDLE_CONNECTION_S = 2.0
AGENT = "Mozilla/5.0 (bank-api-sandbox headless user)"
_FORM = "application/x-www-form-urlencoded"


def opener(ca_certificate: Path) -> Opener:
    """Opens browsers that trust this authority alone; every device looks alike to them."""

    def opened(device: Device, languages: str, on_visit: OnVisit | None) -> HttpBrowser:
        return HttpBrowser(LoopbackTransport(ca_certificate), languages, on_visit)

    return opened


class LoopbackTransport(httpx.BaseTransport):
    """Connects ``*.localhost`` to 127.0.0.1 as browsers do, whatever the machine's resolver says (RFC 6761 6.3)."""

    def __init__(self, ca_certificate: Path, address: str | None = None) -> None:
        """``address``: which of the machine's own it calls from; None: whichever the system takes."""
        self._inner = httpx.HTTPTransport(
            verify=ssl.create_default_context(cafile=ca_certificate),
            limits=httpx.Limits(keepalive_expiry=IDLE_CONNECTION_S),
            trust_env=False,
            local_address=address,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send; certificate and SNI are those of the host asked for."""
        if request.url.host.endswith(".localhost"):
            request.extensions = {**request.extensions, "sni_hostname": request.url.host}
            request.url = request.url.copy_with(host="127.0.0.1")
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class HttpBrowser:
    """One user's browser with one window. ``on_visit`` hears of every request once it is answered."""

    def __init__(
        self,
        transport: httpx.BaseTransport,
        languages: str,
        on_visit: OnVisit | None = None,
        agent: str = AGENT,
    ) -> None:
        """``agent``: what it says of itself, as ``User-Agent``."""
        self.cookies = CookieJar()
        self.page: Page | None = None
        self._transport = transport
        self._languages = languages
        self._on_visit = on_visit
        self._agent = agent

    def open(self, url: str) -> Page:
        """Type an address, or choose a bookmark: nobody is told where the user comes from."""
        return self._navigate("GET", locate(url), b"", source=None, form_policy=None)

    def follow(self, href: str) -> Page:
        """Click a link of the page shown; ``href`` as written in it."""
        page = self._shown()
        return self._navigate("GET", locate(href, page.location), b"", source=page, form_policy=None)

    def submit(self, form: Form, answers: Answers, button: Button | None = None) -> Page:
        """Fill a form of the page shown and send it with ``button``, by default its first."""
        page = self._shown()
        button = button or (form.buttons[0] if form.buttons else None)
        body = urlencode(form.filled(answers, button))
        target = locate((button.action if button else None) or form.action, page.location)
        policy = page.headers.get("content-security-policy", "")
        if form.method == "POST":
            return self._navigate("POST", target, body.encode(), source=page, form_policy=policy)
        located = locate(f"?{body}", target)
        return self._navigate("GET", located, b"", source=page, form_policy=policy)

    def show_in_frame(self, url: str) -> Page:
        """What the page shown has in a frame; from then on the user's clicks go there.

        ``NavigationBlocked`` where the framed page does not allow it, which is reported to whom it names.
        """
        framer = self._shown()
        page = self._navigate("GET", locate(url, framer.location), b"", source=framer, form_policy=None, framed=True)
        policy = page.headers.get("content-security-policy", "")
        if may_be_framed(page.location, framer.location, policy, page.headers.get("x-frame-options", "")):
            return page
        self.page = framer
        if address := report_address(page.location, policy):
            told = {"document-uri": page.location.origin, "violated-directive": "frame-ancestors"}
            self._report(address, {"csp-report": told})
        raise NavigationBlocked(f"{page.location.origin} does not let {framer.location.origin} frame it")

    def close(self) -> None:
        self._transport.close()

    def _report(self, address: Location, report: dict[str, dict[str, str]]) -> None:
        """As browsers do: without cookies, and whatever is answered."""
        headers = {"User-Agent": self._agent, "Content-Type": "application/csp-report"}
        request = httpx.Request("POST", address.url, headers=headers, json=report)
        self._transport.handle_request(request).close()

    def _shown(self) -> Page:
        if self.page is None:
            raise NavigationBlocked("no page is shown yet")
        return self.page

    def _navigate(
        self, method: str, target: Location, body: bytes, *, source: Page | None, form_policy: str | None,
        framed: bool = False,
    ) -> Page:  # fmt: skip
        """Request by request until a page is shown. Only the first may be a POST, but for 307 and 308."""
        crossed = False
        for _ in range(REDIRECTS_MAX):
            if source is not None and form_policy and not form_may_go_to(source.location, target, form_policy):
                raise NavigationBlocked(f"{source.location.origin} does not let its forms go to {target.origin}")
            crossed = crossed or (source is not None and not same_site(source.location, target))
            answer = self._request(method, target, body, source, crossed=crossed, framed=framed)
            if "location" not in answer.headers or not answer.is_redirect:
                self.page = Page(target, answer.status_code, answer.headers, pages.read(answer.text))
                return self.page
            target = locate(answer.headers["location"], target)
            if answer.status_code not in (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT):
                method, body = "GET", b""
        raise NavigationBlocked(f"more than {REDIRECTS_MAX} redirects")

    def _request(
        self, method: str, target: Location, body: bytes, source: Page | None, *, crossed: bool, framed: bool
    ) -> httpx.Response:
        headers = self._headers(method, target, source, crossed=crossed, framed=framed)
        request = httpx.Request(
            method,
            target.url,
            headers=headers,
            content=body if method == "POST" else None,
            extensions={"timeout": httpx.Timeout(TIMEOUT_S).as_dict()},
        )
        answer = self._transport.handle_request(request)
        try:
            answer.read()
        finally:
            answer.close()
        self.cookies.keep(target, answer.headers.get_list("set-cookie"))
        if self._on_visit is not None:
            shown = "html" in answer.headers.get("content-type", "") and not answer.is_redirect
            title = pages.read(answer.text).title if shown else ""
            self._on_visit(Visit(method, target.host, target.path, answer.status_code, title))
        return answer

    def _headers(
        self, method: str, target: Location, source: Page | None, *, crossed: bool, framed: bool
    ) -> dict[str, str]:
        headers = {
            "User-Agent": self._agent,
            "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
            "Accept-Language": self._languages,
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "iframe" if framed else "document",
            "Sec-Fetch-User": "?1",
            "Sec-Fetch-Site": "none" if source is None else "cross-site" if crossed else "same-origin",
        }
        cookie = self.cookies.header(target, method, source.location if source else None, framed=framed)
        if cookie is not None:
            headers["Cookie"] = cookie
        if method == "POST":
            headers["Content-Type"] = _FORM
        if source is not None:
            headers |= _provenance(method, source, target)
        return headers


def _provenance(method: str, source: Page, target: Location) -> dict[str, str]:
    """``Referer`` and ``Origin`` as the page's referrer policy allows."""
    policy = source.headers.get("referrer-policy", DEFAULT_REFERRER_POLICY)
    headers = {}
    referer = referrer(source.location, target, policy)
    if referer is not None:
        headers["Referer"] = referer
    if method == "POST":
        headers["Origin"] = posted_origin(source.location, target, policy)
    return headers
