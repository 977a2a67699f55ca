"""The clause lens as pages: all requirements, and one with everything that answers it."""

from __future__ import annotations

from functools import cache

from flask import Flask, abort, g, render_template
from markupsafe import Markup

from scenarios.standard.answers import Answers, answers, chapters
from scenarios.standard.clauses import clauses
from scenarios.texts import Text
from scenarios.theatre import rendering
from scenarios.theatre.check_words import check_text
from scenarios.theatre.house import House
from scenarios.theatre.message import Message
from scenarios.theatre.recording import Recording

MESSAGES_SHOWN = 40
OBLIGED = {"bank": Text("the bank", "银行"), "app": Text("the application", "应用方"), "user": Text("the user", "用户")}


def add_routes(app: Flask, house: House) -> None:
    @cache
    def table(language: str) -> Markup:
        """All requirements: the sources do not change while they run, so it is written once for each language."""
        html = app.jinja_env.get_template("chapters.html").render(chapters=chapters(), **rendering.context(language))
        # Rendered by the same environment, which escapes whatever came from outside.
        return Markup(html)  # noqa: S704

    @app.get("/lens")
    def lens() -> str:
        return render_template("lens.html", table=table(g.lang))

    @app.get("/lens/<clause_id>")
    def clause(clause_id: str) -> str:
        found = clauses().get(clause_id) or abort(404)
        answered = answers().get(clause_id, Answers())
        judged = list(_judged(house, clause_id))
        return render_template(
            "clause.html",
            clause=found,
            answered=answered,
            check_text=check_text,
            obliged=OBLIGED,
            judged=judged[-MESSAGES_SHOWN:],
        )


def _judged(house: House, clause_id: str) -> list[tuple[Recording, Message]]:
    """The messages of the recordings that a check answering this requirement has judged."""
    return [
        (recording, message)
        for recording in house.recordings
        for message in recording.messages
        if any(clause_id in each.clauses and each.state in ("held", "refused") for each in message.verdicts)
    ]
