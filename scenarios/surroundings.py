"""What the command line takes from the environment: read once, here, and passed on. Nothing else reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PASSPHRASE_NAME = "BANK_SANDBOX_PASSPHRASE"  # noqa: S105 - the variable's name


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``environment`` is what child processes inherit: everything but the passphrase."""

    passphrase: str | None = field(repr=False)
    language: str
    environment: Mapping[str, str] = field(repr=False)


def surroundings(environment: Mapping[str, str]) -> Surroundings:
    """Passphrase, the locale's language (``zh`` or ``en``), and the rest."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    inherited = {name: value for name, value in environment.items() if name != PASSPHRASE_NAME}
    language = "zh" if locale.lower().startswith("zh") else "en"
    return Surroundings(environment.get(PASSPHRASE_NAME), language, inherited)
