"""What to mend, for every refusal, in two languages: read from ``docs/<language>/mend.md``, a table by code.

It explains to developers what the catalogue of problems only names. The catalogue itself stays in the SDK.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "docs"
_ROW = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)


@cache
def table(language: str) -> Mapping[str, str]:
    """Advice by code."""
    return dict(_ROW.findall((_FOLDER / language / "mend.md").read_text(encoding="utf-8")))


def of(code: str, language: str) -> str:
    """The advice for one code; "" for a code that the table does not know."""
    return table(language).get(code, "")
