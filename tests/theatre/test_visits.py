"""The visits that wallet and phone write down, and the theatre's reading of them, hold to one form.

Application and user may not import each other, so each has a writer of its own; what the theatre reads is the form.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, redirect, request

import app_sim.trace
import user_sim.trace
from scenarios.home import Home
from scenarios.theatre.sources import Sources, Visit

NOW_MS = 1_767_225_600_000
WRITERS = (("app", app_sim.trace, "application"), ("user", user_sim.trace, "phone"))
each_writer = pytest.mark.parametrize(("folder", "writer", "party"), WRITERS, ids=["wallet", "phone"])


def pages() -> Flask:
    app = Flask("pages")
    app.add_url_rule("/of/<name>", "one", lambda name: f"<title>About 12345678 </title>{name}", methods=["GET", "POST"])
    app.add_url_rule("/away", "away", lambda: redirect("https://bank.localhost:8441/authorize?state=s3cret&app=a", 303))
    app.add_url_rule("/style", "style", lambda: Response("p {}", mimetype="text/css"))
    return app


@pytest.fixture
def home(tmp_path: Path) -> Home:
    for folder in ("app", "user"):
        (tmp_path / folder).mkdir()
    return Home(tmp_path)


def visited(home: Home, folder: str, writer: Any) -> list[Visit]:
    """What the theatre reads of three requests: a form, a redirect, a style sheet."""
    app = pages()
    with writer.noting(app, home.party(folder) / "trace.db", lambda: NOW_MS):
        browser = app.test_client()
        browser.post("/of/somebody?step=2", data={"pin": "1234"})
        browser.get("/away")
        browser.get("/style")
    return [seen for _, seen in Sources(home).new() if isinstance(seen, Visit)]


@each_writer
def test_what_a_party_notes_the_theatre_reads(home: Home, folder: str, writer: Any, party: str) -> None:
    form, away = visited(home, folder, writer)
    assert (form.party, form.at_ms, form.method, form.rule) == (party, NOW_MS, "POST", "/of/<name>")
    assert (form.fields, form.status, form.title, form.leads_to) == (("pin", "step"), 200, "About …", "")
    assert (away.status, away.leads_to) == (303, "bank.localhost:8441/authorize?state&app")
    assert 0 < form.started_ns < away.started_ns
    assert min(form.elapsed_ns, away.elapsed_ns) > 0


@each_writer
def test_no_value_of_a_visit_is_noted(home: Home, folder: str, writer: Any, party: str) -> None:
    noted = repr(visited(home, folder, writer))
    assert not [value for value in ("somebody", "1234", "s3cret") if value in noted]


@each_writer
def test_a_form_that_is_too_large_is_answered_and_noted_as_that(
    home: Home, folder: str, writer: Any, party: str
) -> None:
    app = pages()
    app.config["MAX_CONTENT_LENGTH"] = 10
    app.add_url_rule("/read", "read", lambda: ",".join(request.form), methods=["POST"])
    with writer.noting(app, home.party(folder) / "trace.db", lambda: NOW_MS):
        assert app.test_client().post("/read", data={"pin": "1234567890"}).status_code == 413
    ((_, seen),) = Sources(home).new()
    assert isinstance(seen, Visit)
    assert (seen.status, seen.fields) == (413, ())


def test_both_parties_keep_the_same_columns(home: Home) -> None:
    """The theatre has one question for both, and reads the answer by the columns' order."""
    columns = []
    for folder, writer, _ in WRITERS:
        visited(home, folder, writer)
        with closing(sqlite3.connect(home.party(folder) / "trace.db")) as db:
            columns.append([tuple(row) for row in db.execute("PRAGMA table_info(visits)")])
    assert columns[0] == columns[1] != []


def test_the_theatre_reads_both_parties_side_by_side(home: Home) -> None:
    for folder, writer, _ in WRITERS:
        visited(home, folder, writer)
    seen = Sources(home).new()
    assert [key for key, _ in seen] == ["app-1", "app-2", "user-1", "user-2"]
