"""A run as one self-contained HTML file: diagram, inspection of every message, playback; nothing is loaded from
anywhere. What the theatre's pages are made of is put into it, and its policy forbids everything else.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from bank_sim.sdk import browser
from scenarios.theatre.drawing import steps_of
from scenarios.theatre.recording import Recording
from scenarios.theatre.rendering import context, panel

STATIC = Path(__file__).parent / "static"
MODULES = ("order.js", "player.js", "panel.js", "exported.js")
"""The scripts of an exported page, each after those that it imports from."""

_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE | re.DOTALL)


def exported(environment: Environment, recording: Recording, language: str) -> str:
    """The whole file, in one language."""
    style, script = _style(), _script()
    return environment.get_template("exported.html").render(
        recording=recording,
        steps=steps_of(recording, recording.events),
        panels=[(each.key, panel(environment, recording, each, language, linked=False)) for each in recording.messages],
        link=lambda message: f"#m-{message.key}",
        several=recording.several_applications,
        # Files of ours, put in as they are.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        style_hash=_digest(style),
        script_hash=_digest(script),
        **context(language),
    )


def _style() -> str:
    return (browser.FOLDER / "design" / "design.css").read_text(encoding="utf-8") + (STATIC / "theatre.css").read_text(
        encoding="utf-8"
    )


def _script() -> str:
    """The modules as one: without the imports between them, which a single file cannot have."""
    texts = [(STATIC / each).read_text(encoding="utf-8") for each in MODULES]
    return "\n".join(_IMPORT.sub("", each).replace("export function", "function") for each in texts)


def _digest(text: str) -> str:
    """As a Content-Security-Policy names an inline style or script."""
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()
