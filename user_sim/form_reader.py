"""Collects the forms of a page while it is parsed: fields, what they offer, their labels, and buttons."""

from __future__ import annotations

from dataclasses import dataclass, field

from user_sim.forms import Button, Choice, Control, Form

Attributes = dict[str, str]


@dataclass(slots=True)
class _Label:
    """A label's words, and the fields it stands for: those inside it, or the one whose id ``target`` names."""

    target: str
    text: str = ""
    inside: list[Control] = field(default_factory=list)


class FormReader:
    """Is told of every tag and text; keeps the form, field, button and label that are open."""

    def __init__(self) -> None:
        self._forms: list[Form] = []
        self._labels: list[_Label] = []
        self._by_id: dict[str, Control] = {}
        self._form: Form | None = None
        self._button: Button | None = None
        self._select: Control | None = None
        self._option: Choice | None = None
        self._textarea: Control | None = None
        self._label: _Label | None = None

    def finished(self) -> list[Form]:
        """The forms, each field with the words of its label, which may stand before the field or after it."""
        for label in self._labels:
            named = [self._by_id[label.target]] if label.target in self._by_id else []
            for control in label.inside + named:
                control.label = control.label or " ".join(label.text.split())
        return self._forms

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "form":
            method = attributes.get("method", "").upper() or "GET"
            data = {name[5:]: value for name, value in attributes.items() if name.startswith("data-")}
            self._form = Form(action=attributes.get("action", ""), method=method, data=data)
            self._forms.append(self._form)
        elif tag == "label":
            self._label = _Label(attributes.get("for", ""))
        elif tag == "option":
            self._offer(attributes)
        elif tag in _STARTS and self._form is not None and "disabled" not in attributes:
            _STARTS[tag](self, self._form, attributes)

    def end(self, tag: str) -> None:
        if tag == "label" and self._label is not None:
            self._labels.append(self._label)
        if tag in _KEPT_OPEN:
            setattr(self, f"_{tag}", None)

    def takes(self, data: str) -> bool:
        """Keep text that belongs to a field or button, and say whether it does; a label's is visible all the same."""
        if self._label is not None:
            self._label.text += data
        if self._textarea is not None:
            self._textarea.value += data
        elif self._button is not None:
            self._button.text = f"{self._button.text} {data.strip()}".strip()
        elif self._option is not None:
            self._option.label = f"{self._option.label} {data.strip()}".strip()
        else:
            return self._select is not None
        return True

    def _input(self, form: Form, attributes: Attributes) -> None:
        kind = attributes.get("type", "text").lower()
        if kind in ("submit", "image"):
            form.buttons.append(_button(attributes, attributes.get("value", "")))
        elif kind not in ("button", "reset"):
            self._add(form, _control(kind, attributes), attributes)

    def _start_button(self, form: Form, attributes: Attributes) -> None:
        if attributes.get("type", "submit") == "submit":
            self._button = _button(attributes, "")
            form.buttons.append(self._button)

    def _start_textarea(self, form: Form, attributes: Attributes) -> None:
        self._textarea = _control("textarea", {**attributes, "value": ""})
        self._add(form, self._textarea, attributes)

    def _start_select(self, form: Form, attributes: Attributes) -> None:
        self._select = _control("select", {**attributes, "value": ""})
        self._add(form, self._select, attributes)

    def _offer(self, attributes: Attributes) -> None:
        if self._select is None or "disabled" in attributes:
            return
        self._option = Choice(attributes.get("value", ""), "")
        self._select.options.append(self._option)
        # Without a chosen option a drop-down shows, and sends, its first.
        if "selected" in attributes or len(self._select.options) == 1:
            self._select.value = self._option.value

    def _add(self, form: Form, control: Control, attributes: Attributes) -> None:
        form.controls.append(control)
        if attributes.get("id"):
            self._by_id[attributes["id"]] = control
        if self._label is not None and not self._label.target:
            self._label.inside.append(control)


_KEPT_OPEN = frozenset(("form", "label", "button", "select", "option", "textarea"))
_STARTS = {
    "input": FormReader._input,
    "button": FormReader._start_button,
    "textarea": FormReader._start_textarea,
    "select": FormReader._start_select,
}


def _control(kind: str, attributes: Attributes) -> Control:
    return Control(
        kind=kind,
        name=attributes.get("name", ""),
        value=attributes.get("value", "on" if kind in ("checkbox", "radio") else ""),
        checked="checked" in attributes,
        required="required" in attributes,
        pattern=attributes.get("pattern") or None,
        length_max=int(attributes["maxlength"]) if attributes.get("maxlength") else None,
    )


def _button(attributes: Attributes, text: str) -> Button:
    return Button(
        name=attributes.get("name", ""),
        value=attributes.get("value", ""),
        text=text,
        action=attributes.get("formaction"),
        validates="formnovalidate" not in attributes,
    )
