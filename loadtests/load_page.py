"""The load report as one page: nothing is loaded from anywhere, and its policy forbids everything but its own style."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from bank_sim.sdk import browser
from loadtests.load_charts import DRAWN
from loadtests.load_words import WORDS

if TYPE_CHECKING:
    from loadtests.load_report import LoadReport

_HERE = Path(__file__).parent


def page(report: LoadReport, language: str) -> str:
    """The whole file, in one language."""
    from loadtests.load_report import CALL_COLUMNS, KINDS

    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    style = (browser.FOLDER / "design" / "design.css").read_text(encoding="utf-8")
    style += (_HERE / "static" / "load.css").read_text(encoding="utf-8")
    asked, document = report.asked, report.document()
    generator, bank = report.calls_per_cpu_s
    return environment.get_template("load.html").render(
        w={name: each.in_(language) for name, each in WORDS.items()},
        html_language="zh-CN" if language == "zh" else "en",
        say=lambda text: text.in_(language),
        report=report,
        plan=asked.plan,
        charts={name: draw(report.course, asked.plan) for name, draw in DRAWN.items()},
        columns=[each.in_(language) for each in CALL_COLUMNS],
        rows=list(report.rows(language)),
        codes=[(KINDS[kind].in_(language), name, code, count) for kind, name, code, count in report.codes()],
        document=document,
        ratio=generator / bank,
        # A file of ours, put in as it is.
        style=Markup(style),  # noqa: S704
        style_hash="sha256-" + b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
