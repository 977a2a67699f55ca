"""Text from outside that a user will read, on a page or in a short message: it must look like what it is.

A line break forges a second line of a message, a bidirectional override turns a name around, an invisible character
makes two names out of one. What may be said is not judged here.
"""

from __future__ import annotations

from bank_sim.sdk.protocol import problems

# Printable but not for Python: the blank of Chinese texts.
_IDEOGRAPHIC_SPACE = "\u3000"


def require_plain_text(member: str, text: str) -> None:
    """PARAM_INVALID names the member that holds anything of Unicode's Cc, Cf, Cs, Co, Cn, Zl, Zp, or only blanks."""
    if not text.strip() or not text.replace(_IDEOGRAPHIC_SPACE, " ").isprintable():
        raise problems.PARAM_INVALID.problem(
            f"{member}: must be printable text, without control, format or direction characters."
        )
