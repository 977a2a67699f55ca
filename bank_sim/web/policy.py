"""The headers of a page: nothing inline, nothing from elsewhere, no frames, nothing kept (JR/T 0185 10.2.2).

Every exception is a parameter here, so that a page which needs one says so and the others keep the narrow rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

# RFC 6454 section 6.2, of RFC 3986 hosts only those without percent-encoding and sub-delims (";" and "," among them).
_ORIGIN = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")

_ALWAYS = {
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
    "X-Content-Type-Options": "nosniff",
}


def page_headers(
    *, scripted: bool = False, form_targets: Sequence[str] = (), framed_by: str | None = None,
    framable: bool = False, report_to: str | None = None,
) -> dict[str, str]:  # fmt: skip
    """The headers of one page.

    ``scripted``      the page links a script of its own site, which may fetch from its own site
    ``form_targets``  origins besides this one that a form may lead to; "" among them are passed over
    ``framed_by``     the one origin that may show this page in a frame; None: nobody. ``ValueError`` if it is no origin
    ``framable``      nothing is said of frames, so that everybody may: at a bank that is weakened so
    ``report_to``     the path of this site where browsers tell what they have kept out
    """
    if framed_by is not None and not _ORIGIN.fullmatch(framed_by):
        raise ValueError("a page may be framed by one exact origin")
    directives = ["default-src 'none'", "style-src 'self'", "img-src 'self'"]
    if scripted:
        directives += ["script-src 'self'", "connect-src 'self'"]
    directives += ["base-uri 'none'"]
    directives += [] if framable else ["frame-ancestors " + (framed_by or "'none'")]
    directives += [f"report-uri {report_to}"] if report_to else []
    directives += [" ".join(("form-action 'self'", *filter(None, form_targets)))]
    headers = {"Content-Security-Policy": "; ".join(directives), **_ALWAYS}
    if framed_by is None and not framable:
        # For what does not know frame-ancestors; it knows no exact origin, so a framed page goes without.
        headers |= {"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin"}
    return headers


def origin_of(uri: str) -> str:
    """``scheme://host[:port]`` of a web address, "" unless every character is one that a host and a port are made of.

    So it cannot end the directive it stands in, whoever wrote the address.
    """
    parts = urlsplit(uri)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _ORIGIN.fullmatch(origin) else ""
