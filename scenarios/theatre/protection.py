"""Who may turn the theatre's knobs: its own pages in a browser on this machine, and nobody else.

It listens on loopback, where every page of the web can send a form to it. So a change is taken only from a page of the
theatre's own origin, and nothing is shown under a name that is not its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_addressed_here(host: str, origin: str) -> bool:
    """Whether a request names this theatre (RFC 9110 section 7.2): a foreign name that is rebound here does not."""
    return host.lower() == urlsplit(origin).netloc.lower()


def comes_from_here(headers: Mapping[str, str], origin: str) -> bool:
    """Whether a form came from a page of this theatre.

    1. ``Origin``, where there is one, is not that of another page. ``null`` is what a page without a referrer sends.
    2. Browsers say themselves where a form is from (Fetch metadata): ``same-origin`` and nothing else.
    3. Where they do not, ``Origin`` must be the theatre's own. A request that says neither is refused.
    """
    site, sender = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if sender not in (None, "null", origin):
        return False
    return site == "same-origin" if site is not None else sender == origin
