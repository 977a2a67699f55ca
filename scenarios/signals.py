"""How Ctrl-C and SIGTERM end a command: as an exception that unwinds everything, and never twice."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_BOTH = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def terminable() -> Iterator[None]:
    """Both raise ``KeyboardInterrupt``, so that ``finally`` and ``with`` run. A shell starts what it puts into the
    background with SIGINT ignored; it is heeded here nevertheless, since nobody else would stop the parties."""
    before = [signal.signal(each, signal.default_int_handler) for each in _BOTH]
    try:
        yield
    finally:
        _restore(before)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore both for as long as the block runs: a second Ctrl-C must not leave a process behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [signal.signal(each, signal.SIG_IGN) for each in _BOTH]
    try:
        yield
    finally:
        _restore(before)


def _restore(handlers: list[Any]) -> None:
    for each, handler in zip(_BOTH, handlers, strict=True):
        signal.signal(each, handler)
