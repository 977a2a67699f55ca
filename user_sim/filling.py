"""How a person fills in a form in a real browser: unfolds what is folded, types, ticks, chooses, and presses a button.

What the form demands of the answers has been checked before (``forms.Form.filled``); here they are entered.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from user_sim import keypad
from user_sim.forms import Answers, Button, CannotFill, Control, Form

if TYPE_CHECKING:
    from playwright.sync_api import Locator

_SUBMITS = "button:not([type]), button[type=submit], input[type=submit], input[type=image]"
# A folded part is opened as a reader does it, from the outside in.
_UNFOLD = """element => {
  const folded = [];
  for (let each = element.closest('details'); each; each = each.parentElement.closest('details')) folded.unshift(each);
  for (const each of folded) if (!each.open) each.querySelector('summary').click();
}"""


def fill(form: Locator, read: Form, answers: Answers) -> None:
    """Enter the answers; ``read`` is the form as it was read from the page."""
    for name, answer in answers.items():
        controls = [each for each in read.controls if each.name == name]
        if controls[0].kind == "hidden":
            raise CannotFill(f"{name} is written by the page's script, not by a person")
        if controls[0].is_box:
            _tick(form, controls, answer)
        else:
            _enter(form, controls[0], str(answer))


def pressed(form: Locator, button: Button | None) -> Locator:
    """The button to press: the one meant, else the form's first. ``CannotFill`` if there is none."""
    wanted = form.locator(_SUBMITS)
    if button is not None and button.name:
        wanted = wanted.and_(form.locator(f"[name={json.dumps(button.name)}][value={json.dumps(button.value)}]"))
    elif button is not None and button.action:
        wanted = wanted.and_(form.locator(f"[formaction={json.dumps(button.action)}]"))
    if not wanted.count():
        raise CannotFill("the form has no such button")
    wanted.first.evaluate(_UNFOLD)
    return wanted.first


def _enter(form: Locator, control: Control, answer: str) -> None:
    if control.kind == keypad.KIND:
        keypad.press(form.locator("[data-keypad]").first, answer)
        return
    field = _named(form, control.name).first
    field.evaluate(_UNFOLD)
    if control.kind == "select":
        field.select_option(answer)
    else:
        field.fill(answer)


def _tick(form: Locator, controls: Sequence[Control], answer: str | Sequence[str]) -> None:
    wanted = {answer} if isinstance(answer, str) else set(answer)
    for control in controls:
        box = _named(form, control.name).and_(form.locator(f"[value={json.dumps(control.value)}]")).first
        if control.kind == "radio" and control.value not in wanted:
            continue
        box.evaluate(_UNFOLD)
        box.set_checked(control.value in wanted)


def _named(form: Locator, name: str) -> Locator:
    return form.locator(f"[name={json.dumps(name)}]")
