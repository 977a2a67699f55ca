"""Where a page lies: its URL's parts, its origin, and what one origin may learn or do to another."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

DEFAULT_PORTS = {"https": 443, "http": 80}
DEFAULT_REFERRER_POLICY = "strict-origin-when-cross-origin"


@dataclass(frozen=True, slots=True)
class Location:
    """An absolute http(s) URL in parts. ``port`` is always a number; ``query`` has no question mark."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def origin(self) -> str:
        """``https://bank.localhost:8441``; the port is left out where it is the scheme's own."""
        own = DEFAULT_PORTS[self.scheme]
        return f"{self.scheme}://{self.host}" + ("" if self.port == own else f":{self.port}")

    @property
    def url(self) -> str:
        return self.origin + self.path + (f"?{self.query}" if self.query else "")


def locate(url: str, base: Location | None = None) -> Location:
    """Read a URL as a browser does, relative to ``base``. ValueError for anything but http and https."""
    parts = urlsplit(urljoin(base.url if base else "", url))
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"not a web address: {url!r}")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return Location(parts.scheme, parts.hostname, port, parts.path or "/", parts.query)


def same_site(one: Location, other: Location) -> bool:
    """Whether two pages share scheme and registrable domain (HTML standard, schemeful same site).

    ``localhost`` acts as a TLD: ``bank.localhost`` is a site, and ``offers.bank.localhost`` belongs to it.
    """
    return (one.scheme, _registrable(one.host)) == (other.scheme, _registrable(other.host))


def _registrable(host: str) -> str:
    return ".".join(host.split(".")[-2:]) if host.endswith(".localhost") else host


def referrer(page: Location, target: Location, policy: str) -> str | None:
    """What the ``Referer`` header to ``target`` says (W3C Referrer Policy, the policies that hide rather than leak)."""
    own = page.origin == target.origin
    if policy == "no-referrer" or (policy == "same-origin" and not own):
        return None
    if policy in ("origin", "strict-origin"):
        return page.origin + "/"
    if policy in ("origin-when-cross-origin", DEFAULT_REFERRER_POLICY) and not own:
        return page.origin + "/"
    return page.url


def posted_origin(page: Location, target: Location, policy: str) -> str:
    """What the ``Origin`` header of a form post says: ``null`` where the page's policy hides it (Fetch standard)."""
    if policy == "no-referrer" or (policy == "same-origin" and page.origin != target.origin):
        return "null"
    return page.origin


def form_may_go_to(page: Location, target: Location, content_security_policy: str) -> bool:
    """Whether the page's CSP ``form-action`` lets a form, or a redirect that follows it, reach ``target``."""
    directives = [part.split() for part in content_security_policy.lower().split(";") if part.strip()]
    sources = next((words[1:] for words in directives if words[0] == "form-action"), None)
    return sources is None or any(_source_matches(source, page, target) for source in sources)


def may_be_framed(page: Location, framer: Location, content_security_policy: str, x_frame_options: str) -> bool:
    """Whether the page lets another page show it in a frame: CSP ``frame-ancestors``, and without it the older header
    (CSP level 3 section 6.4.2, RFC 7034)."""
    directives = [part.split() for part in content_security_policy.lower().split(";") if part.strip()]
    sources = next((words[1:] for words in directives if words[0] == "frame-ancestors"), None)
    if sources is not None:
        return any(_source_matches(source, page, framer) for source in sources if source != "'none'")
    rule = x_frame_options.strip().upper()
    return rule != "DENY" and (rule != "SAMEORIGIN" or page.origin == framer.origin)


def report_address(page: Location, content_security_policy: str) -> Location | None:
    """Where the page's CSP wants to hear what was kept out (``report-uri``)."""
    for part in content_security_policy.split(";"):
        words = part.split()
        if len(words) > 1 and words[0].lower() == "report-uri":
            return locate(words[1], page)
    return None


def _source_matches(source: str, page: Location, target: Location) -> bool:
    if source == "'self'":
        return page.origin == target.origin
    if source in ("*", f"{target.scheme}:"):
        return True
    scheme, _, authority = source.rpartition("://")
    host, _, port = authority.rstrip("/").partition(":")
    return (
        scheme in ("", target.scheme)
        and (host == target.host or (host.startswith("*.") and target.host.endswith(host[1:])))
        and (port == "*" or int(port or DEFAULT_PORTS[target.scheme]) == target.port)
    )
