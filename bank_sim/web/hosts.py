"""Under which name a page is asked for: a face answers to its site's own, and to no other.

A stranger's site can point its own name at this machine (DNS rebinding). The browser then takes our page for that
site's and lets its scripts read it; the one thing that gives it away is the name that it asked for.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

_PORT_LEFT_OUT = ":443"


def is_own_host(request: Request, site_url: str) -> bool:
    """Whether ``Host`` is the site's, with its port."""
    own = urlsplit(site_url).netloc.lower()
    return request.host.lower().removesuffix(_PORT_LEFT_OUT) == own.removesuffix(_PORT_LEFT_OUT)


def is_own_page(request: Request, site_url: str) -> bool:
    """Whether a script of this very site asks, as far as the browser says: neither another's nor a rebound name's."""
    return is_own_host(request, site_url) and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
