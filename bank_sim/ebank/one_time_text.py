"""The text message around a one-time code of this visit, in the visitor's language."""

from __future__ import annotations

from collections.abc import Callable

from bank_sim.authorization import Asking, code_message
from bank_sim.ebank.visit import Visit


def code_text(visit: Visit, asked: Asking | None) -> Callable[[str], str]:
    """The wording for this session; see ``code_message``."""
    return code_message(visit.bank, visit.language, asked)
