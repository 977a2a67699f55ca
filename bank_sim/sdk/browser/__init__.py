"""What the bank publishes for browsers: its design system in ``design/`` and its on-screen keypad in ``keypad/``.

Any party may serve this folder under ``/sdk/`` and cache it for ever, since a page names each file together with the
hash of its content. Must not know who serves it, nor how.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
_VERSION_CHARS = 12


@lru_cache(maxsize=64)
def version(name: str) -> str:
    """The start of the SHA-256 of a file of ``FOLDER``, such as ``design/design.css``, for the query ``?v=``.

    Read once a process. ``name`` is a page's own choice, never a visitor's. Raises ``OSError`` where there is no such
    file, for instance before the keypad has been built.
    """
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:_VERSION_CHARS]
