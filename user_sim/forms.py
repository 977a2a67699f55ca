"""A form as a browser holds it: what it asks, what it already carries, and what it sends when submitted.

The browser's own validation (``required``, ``pattern``, ``maxlength``) applies, since no user gets past it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Answers = Mapping[str, str | Sequence[str]]


class CannotFill(Exception):
    """The page does not offer what the user wants to enter, or would not let the entry pass."""


@dataclass(slots=True)
class Choice:
    """One value a field offers and the words beside it: a box with its label, an option of a drop-down."""

    value: str
    label: str


@dataclass(slots=True)
class Control:
    """One field. ``label``: the words that belong to it; ``options``: what a ``select`` offers."""

    kind: str
    name: str
    value: str
    checked: bool = False
    required: bool = False
    pattern: str | None = None
    length_max: int | None = None
    label: str = ""
    options: list[Choice] = field(default_factory=list)

    @property
    def is_box(self) -> bool:
        return self.kind in ("checkbox", "radio")


@dataclass(slots=True)
class Button:
    """A submit button; ``action`` overrides the form's; ``validates`` is off for those marked ``formnovalidate``."""

    name: str
    value: str
    text: str
    action: str | None = None
    validates: bool = True


@dataclass(slots=True)
class Form:
    """A form with its fields in document order. ``data``: what it holds for scripts, its ``data-`` attributes."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    data: dict[str, str] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """Every field and button name."""
        return frozenset([each.name for each in self.controls] + [each.name for each in self.buttons]) - {""}

    def offered(self, name: str) -> list[Choice]:
        """What the boxes, the drop-down or the buttons of this name offer, in order."""
        controls = [each for each in self.controls if each.name == name]
        boxes = [Choice(each.value, each.label) for each in controls if each.is_box]
        options = [choice for each in controls for choice in each.options]
        return boxes + options + [Choice(each.value, each.text) for each in self.buttons if each.name == name]

    def has(self, name: str) -> bool:
        return name in self.names()

    def button(self, name: str, value: str) -> Button:
        """The button that sends ``name=value``; ``CannotFill`` when there is none."""
        found = next((each for each in self.buttons if (each.name, each.value) == (name, value)), None)
        if found is None:
            raise CannotFill(f"the form has no button {name}={value}")
        return found

    def filled(self, answers: Answers, button: Button | None) -> list[tuple[str, str]]:
        """The name-value pairs that are sent: hidden fields as they are, the others as answered.

        Boxes named in ``answers`` are ticked by value, the rest keep their state. Raises ``CannotFill``.
        """
        unknown = answers.keys() - {each.name for each in self.controls}
        if unknown:
            raise CannotFill(f"the form has no field {', '.join(sorted(unknown))}")
        pairs: list[tuple[str, str]] = []
        for name in dict.fromkeys(each.name for each in self.controls):
            controls = [each for each in self.controls if each.name == name]
            pairs += _pairs(controls, answers.get(name), validated=button is None or button.validates)
        if button is not None and button.name:
            pairs.append((button.name, button.value))
        return [(name, value) for name, value in pairs if name]


def _pairs(
    controls: list[Control], answer: str | Sequence[str] | None, *, validated: bool
) -> Iterator[tuple[str, str]]:
    if controls[0].is_box:
        ticked = _ticked(controls, answer)
        if validated:
            _require_ticked(controls, ticked)
        yield from ((control.name, control.value) for control in ticked)
        return
    for control in controls:
        value = control.value if answer is None else str(answer)
        if validated:
            _require_valid(control, value)
        yield control.name, value


def _ticked(controls: list[Control], answer: str | Sequence[str] | None) -> list[Control]:
    wanted = None if answer is None else {answer} if isinstance(answer, str) else set(answer)
    if wanted is not None and not wanted <= {control.value for control in controls}:
        raise CannotFill(f"the form does not offer {sorted(wanted)} for {controls[0].name}")
    return [control for control in controls if (control.checked if wanted is None else control.value in wanted)]


def _require_ticked(controls: list[Control], ticked: list[Control]) -> None:
    if controls[0].kind == "radio" and not ticked and any(control.required for control in controls):
        raise CannotFill(f"one of {controls[0].name} must be chosen")
    for control in controls:
        if control.kind == "checkbox" and control.required and control not in ticked:
            raise CannotFill(f"{control.name} must be ticked")


def _require_valid(control: Control, value: str) -> None:
    if control.kind == "hidden":
        return
    if control.required and not value:
        raise CannotFill(f"{control.name} must be filled in")
    if control.pattern and value and not re.fullmatch(control.pattern, value):
        raise CannotFill(f"{control.name} does not match the format asked for")
    if control.length_max is not None and len(value) > control.length_max:
        raise CannotFill(f"{control.name} takes at most {control.length_max} characters")
    if control.kind == "select" and value not in {choice.value for choice in control.options}:
        raise CannotFill(f"{control.name} does not offer that choice")
