"""The browser's cookies: kept per host, sent by the rules that protect sessions (RFC 6265bis).

Host-only cookies, ``Secure``, ``Path``, expiry, ``SameSite`` and the ``__Host-`` prefix are enforced, so that a
party that sets a cookie a real browser would refuse finds out here. Must not read pages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from user_sim.origins import Location, same_site


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie as the browser keeps it; ``expires_s`` None lasts as long as the browser."""

    name: str
    value: str
    path: str
    same_site: str
    expires_s: float | None


class CookieJar:
    """Cookies by host. Ports share cookies, as in browsers; hosts never do, since ``Domain`` is refused."""

    def __init__(self, now_s: Callable[[], float] = time.time) -> None:
        """``now_s`` is the user's computer's clock, in seconds since the epoch."""
        self._now_s = now_s
        self._by_host: dict[str, dict[str, Cookie]] = {}

    def keep(self, location: Location, set_cookie_lines: Iterable[str]) -> None:
        """Take the ``Set-Cookie`` lines of one answer; what a browser refuses is dropped."""
        cookies, now_s = self._by_host.setdefault(location.host, {}), self._now_s()
        for line in set_cookie_lines:
            cookie = _read(line, now_s)
            if cookie is None:
                continue
            if cookie.expires_s is not None and cookie.expires_s <= now_s:
                cookies.pop(cookie.name, None)
            else:
                cookies[cookie.name] = cookie

    def header(
        self, location: Location, method: str, initiator: Location | None, *, framed: bool = False
    ) -> str | None:
        """The ``Cookie`` header of a navigation that the page at ``initiator`` (None: the user) started.

        ``framed``: into a frame of that page, where another site's Lax cookies stay away.
        """
        own = initiator is None or same_site(initiator, location)
        sent = [
            f"{cookie.name}={cookie.value}"
            for cookie in self._by_host.get(location.host, {}).values()
            if (cookie.expires_s is None or cookie.expires_s > self._now_s())
            and _path_matches(location.path, cookie.path)
            and (own or cookie.same_site == "none" or (cookie.same_site == "lax" and method == "GET" and not framed))
        ]
        return "; ".join(sent) or None

    def names(self, host: str) -> frozenset[str]:
        """The names of the cookies kept for a host."""
        return frozenset(self._by_host.get(host, {}))

    def forget(self, host: str) -> None:
        """Drop a host's cookies, as a user does by clearing site data."""
        self._by_host.pop(host, None)


def _read(line: str, now_s: float) -> Cookie | None:
    """One ``Set-Cookie`` line, or None when a browser on HTTPS would refuse it."""
    pair, *rest = (part.strip() for part in line.split(";"))
    name, equals, value = pair.partition("=")
    attributes = {key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in rest)}
    if not equals or not name or "domain" in attributes:
        return None
    path = attributes.get("path") or "/"
    if name.startswith("__Host-") and ("secure" not in attributes or path != "/"):
        return None
    if name.startswith("__Secure-") and "secure" not in attributes:
        return None
    # A browser that is told nothing assumes Lax.
    same_site_rule = attributes.get("samesite", "lax").lower()
    if same_site_rule == "none" and "secure" not in attributes:
        return None
    return Cookie(name, value, path, same_site_rule, _expiry(attributes, now_s))


def _expiry(attributes: dict[str, str], now_s: float) -> float | None:
    if "max-age" in attributes:
        return now_s + int(attributes["max-age"])
    if "expires" in attributes:
        return parsedate_to_datetime(attributes["expires"]).timestamp()
    return None


def _path_matches(path: str, cookie_path: str) -> bool:
    return path == cookie_path or path.startswith(cookie_path.rstrip("/") + "/")
