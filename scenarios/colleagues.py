"""The people who work at the sandbox's bank: the same for the same seed, one or two for each role of its console."""

from __future__ import annotations

import random
from dataclasses import dataclass

_ROSTER = (
    ("chen.chen", "陈晨", "operator"),
    ("lin.li", "林丽", "reviewer"),
    ("wu.min", "吴敏", "reviewer"),
    ("zhou.zheng", "周正", "auditor"),
)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_PASSWORD_CHARS = 14


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the bank's staff, with the password of the console. Reviewers are two: one decides on the other."""

    login_name: str
    name: str
    role: str
    password: str

    def __repr__(self) -> str:
        """Without the password, since reprs end up in logs and tracebacks."""
        return f"Colleague({self.login_name!r}, {self.role!r})"


def colleagues(seed: int) -> list[Colleague]:
    """The staff of a sandbox founded from ``seed``."""
    return [Colleague(login_name, name, role, _password(f"{seed} {login_name}")) for login_name, name, role in _ROSTER]


def _password(seed: str) -> str:
    """Fit for a sandbox, whose people follow from its seed; a bank draws from the system's randomness."""
    letters = random.Random(seed)  # noqa: S311
    return "".join(letters.choice(_LETTERS) for _ in range(_PASSWORD_CHARS))
