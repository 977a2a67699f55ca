"""The clause lens as pages: all requirements, and one with everything that answers it."""

from __future__ import annotations

from flask import Flask, abort, render_template

from scenarios.texts import Text
from scenarios.theatre.check_words import check_text
from scenarios.theatre.house import House
from scenarios.theatre.lens import Answers, answers, clauses
from scenarios.theatre.message import Message
from scenarios.theatre.recording import Recording

MESSAGES_SHOWN = 40
OBLIGED = {"bank": Text("the bank", "银行"), "app": Text("the application", "应用方"), "user": Text("the user", "用户")}


def add_routes(app: Flask, house: House) -> None:
    @app.get("/lens")
    def lens() -> str:
        found = answers()
        chapters: dict[str, list[object]] = {}
        for each in clauses().values():
            chapters.setdefault(each.chapter, []).append((each, found.get(each.clause_id, Answers())))
        return render_template("lens.html", chapters=chapters)

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
