"""The published design as the bank's faces serve it: versioned, kept for ever, and nothing else of the folder."""

from __future__ import annotations

import re

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from bank_sim.sdk import browser
from bank_sim.web import frame, shared_pages


@pytest.fixture
def face() -> Flask:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(shared_pages())
    return app


@pytest.fixture
def client(face: Flask) -> FlaskClient:
    return face.test_client()


def test_a_page_names_its_design_with_its_version_and_it_may_be_kept_for_ever(face: Flask, client: FlaskClient) -> None:
    with face.test_request_context("/"):
        html = render_template("web-page.html", frame=frame("bank", "en", "/"), scripts=())
    (address,) = re.findall(r'rel="stylesheet" href="([^"]+)"', html)
    assert address == f"/sdk/design/design.css?v={browser.version('design/design.css')}"
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/css")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data == (browser.FOLDER / "design/design.css").read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "__init__.py", "design", "design/", "keypad/package.json", "design/../__init__.py",
        "..%2f..%2f__init__.py", "design/%2e%2e/__init__.py", "%2Fetc/passwd",
    ],
)  # fmt: skip
def test_nothing_but_what_is_published_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/sdk/{path}", follow_redirects=True).status_code == 404


def test_a_script_that_was_not_built_is_left_out_of_the_page(face: Flask) -> None:
    with face.test_request_context("/"):
        html = render_template("web-page.html", frame=frame("bank", "zh", "/"), scripts=("built/no.js", "/own/a.js"))
    assert re.findall(r"<script[^>]*>", html) == ['<script type="module" src="/own/a.js">']


def test_a_weakened_face_says_so_above_everything_else(face: Flask) -> None:
    with face.test_request_context("/"):
        html = render_template("web-page.html", frame=frame("portal", "zh", "/", {"replay"}), scripts=())
    assert '<body class="party-portal">' in html
    assert html.index("<code>replay</code>") < html.index("<main")
