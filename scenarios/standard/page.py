"""Draws a dossier as one HTML file in both languages: no script, nothing loaded, fit to be printed and filed.

It says nothing that the data does not say, and carries the data, so that anybody can count it again.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bank_sim.sdk import browser
from bank_sim.web.language import HTML_LANGUAGE
from scenarios.failures import BrokenSurroundings
from scenarios.standard.dossier import VERDICTS as ORDER
from scenarios.standard.dossier import canonical, digest
from scenarios.standard.texts import MEANINGS, TEXTS, VERDICTS
from scenarios.texts import Text

_FOLDER = Path(__file__).parent
_BEIJING = timezone(timedelta(hours=8))
_DATA = re.compile(r'<script type="application/json" id="evidence" data-sha256="(\w{64})">(.*?)</script>', re.DOTALL)
TESTS_SHOWN, RECORDS_SHOWN = 6, 30


def html(data: dict[str, Any], language: str) -> str:
    """The whole file; ``language``, ``zh`` or ``en``, is what it opens in and what is printed."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text, style = canonical(data), _style()
    return environment.get_template("report.html").render(
        data=data,
        language=language,
        html_language=HTML_LANGUAGE,
        # Our own files and our own JSON, in which nothing can end the element that holds it.
        style=Markup(style),  # noqa: S704
        text=Markup(text),  # noqa: S704
        sha256=digest(text),
        style_hash="sha256-" + b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        words={name: both(each) for name, each in TEXTS.items()},
        verdicts={name: both(each) for name, each in VERDICTS.items()},
        meanings={name: both(each) for name, each in MEANINGS.items()},
        order=ORDER,
        chapters=_chapters(data),
        moment=_moment,
        sentence=_sentence,
        tests_shown=TESTS_SHOWN,
        records_shown=RECORDS_SHOWN,
    )


def both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def holds(path: Path) -> bool:
    """Whether the data in a report's file is what its hash was taken of. ``BrokenSurroundings``: it is no report."""
    try:
        found = _DATA.search(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenSurroundings(f"{path} cannot be read: {error}") from error
    if found is None:
        raise BrokenSurroundings(f"{path} is no report of bank-sandbox clauses --report.")
    return digest(found.group(2)) == found.group(1)


def _chapters(data: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The clauses by chapter, in the standard's order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in data["clauses"]:
        found.setdefault(each["chapter"], []).append(each)
    return found


def _moment(at_ms: int) -> str:
    """Virtual time as a clock in Beijing shows it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _sentence(test: str) -> str:
    """``tests/part/test_file.py::test_a_replay_posts_once`` -> ``a replay posts once``."""
    return test.partition("::")[2].removeprefix("test_").replace("_", " ")


def _style() -> str:
    design = (browser.FOLDER / "design" / "design.css").read_text(encoding="utf-8")
    return design + (_FOLDER / "static" / "report.css").read_text(encoding="utf-8")
