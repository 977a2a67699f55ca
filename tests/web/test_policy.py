"""The headers of a page: narrow by default, and each exception exactly as wide as it is asked for."""

from __future__ import annotations

import pytest

from bank_sim.web import page_headers

WALLET = "https://wallet.localhost:8442"


def directives(**asked: object) -> dict[str, str]:
    policy = page_headers(**asked)["Content-Security-Policy"]  # type: ignore[arg-type]
    return dict(each.partition(" ")[::2] for each in policy.split("; "))


def test_a_plain_page_runs_nothing_and_is_framed_by_nobody() -> None:
    assert directives() == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
    }
    headers = page_headers()
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Vary"] == "Accept-Language, Cookie"


def test_a_scripted_page_runs_this_sites_scripts_alone() -> None:
    widened = directives(scripted=True)
    assert widened["script-src"] == widened["connect-src"] == "'self'"
    assert {name: value for name, value in widened.items() if name not in ("script-src", "connect-src")} == directives()


def test_a_page_is_framed_by_one_origin_and_no_other() -> None:
    assert directives(framed_by=WALLET)["frame-ancestors"] == WALLET
    assert "X-Frame-Options" not in page_headers(framed_by=WALLET)


@pytest.mark.parametrize("origin", ["", "*", "https:", f"{WALLET} *", f"{WALLET}; script-src *", f"{WALLET}/path"])
def test_what_is_no_origin_frames_nothing(origin: str) -> None:
    with pytest.raises(ValueError, match="one exact origin"):
        page_headers(framed_by=origin)


def test_forms_lead_to_the_targets_named_and_an_unreadable_one_widens_nothing() -> None:
    assert directives(form_targets=("", WALLET))["form-action"] == f"'self' {WALLET}"
