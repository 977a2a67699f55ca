"""Text from outside that a user will read, on a page or in a short message: it must look like what it is.

A line break forges a second line of a message, a bidirectional override turns a name around, an invisible character
makes two names out of one. What may be said is not judged here.
"""

from __future__ import annotations

import re

from bank_sim.sdk.protocol import problems

# Printable but not for Python: the blank of Chinese texts.
_IDEOGRAPHIC_SPACE = "\u3000"
# Unicode's Default_Ignorable_Code_Point beyond Cf, and a braille pattern without dots: they are drawn as nothing.
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def require_plain_text(member: str, text: str) -> None:
    """PARAM_INVALID names the member that holds Unicode's Cc, Cf, Cs, Co, Cn, Zl, Zp, invisibles, or only blanks."""
    printable = text.replace(_IDEOGRAPHIC_SPACE, " ").isprintable()
    if not text.strip() or not printable or INVISIBLE.search(text):
        raise problems.PARAM_INVALID.problem(
            f"{member}: must be printable text, without control, format, direction or invisible characters."
        )
