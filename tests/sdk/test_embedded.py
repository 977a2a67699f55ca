"""An application believes an embedded form's answer only where it says what an answer must say."""

from __future__ import annotations

from typing import Any

import pytest

from bank_sim.sdk.embedded import EmbeddedForm, EmbeddedForms
from bank_sim.sdk.protocol.problems import Problem


class Answering:
    """Stands where the authorization client does, with answers that no bank of ours gives."""

    issuer = "https://bank.example"

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.posted: list[tuple[str, dict[str, str]]] = []

    def now_s(self) -> float:
        return 1000.0

    def post(self, endpoint: str, **parameters: str) -> dict[str, Any]:
        self.posted.append((endpoint, parameters))
        return self.answer


def forms(**answer: Any) -> EmbeddedForms:
    return EmbeddedForms(Answering(answer))  # type: ignore[arg-type]


def refusal(**answer: Any) -> str:
    with pytest.raises(Problem) as refused:
        forms(**answer).hand_over("session", "sealed")
    return refused.value.code


def test_an_opened_form_knows_the_origin_of_its_frame_and_its_end() -> None:
    form = forms(embedded_session="s", frame_url="https://b.example:8441/embedded?frame=x", expires_in=600).open(
        "urn:x"
    )
    assert form == EmbeddedForm("s", "https://b.example:8441/embedded?frame=x", 1600.0)
    assert form.frame_origin == "https://b.example:8441"
    assert "embedded?frame" not in repr(form)


def test_a_code_of_another_issuer_is_not_redeemed() -> None:
    assert refusal(next="done", code="c", iss="https://other.example") == "ISS_MISMATCH"
    assert refusal(next="done", code="c") == "ISS_MISMATCH"


@pytest.mark.parametrize("answer", [{}, {"next": "dance"}, {"next": "done", "iss": "https://bank.example"}])
def test_an_answer_that_says_too_little_is_none(answer: dict[str, Any]) -> None:
    assert refusal(**answer) == "JSON_INVALID"


@pytest.mark.parametrize("missing", ["embedded_session", "frame_url", "expires_in"])
def test_a_form_without_one_of_its_members_is_none(missing: str) -> None:
    answer = {"embedded_session": "s", "frame_url": "https://b.example/", "expires_in": 600}
    del answer[missing]
    with pytest.raises(Problem, match="JSON_INVALID"):
        forms(**answer).open("urn:x", "zh")


def test_what_is_relayed_is_what_the_frame_gave() -> None:
    bank = Answering({"next": "otp"})
    EmbeddedForms(bank).hand_over("session", "sealed")  # type: ignore[arg-type]
    EmbeddedForms(bank).send_again("session", "zh")  # type: ignore[arg-type]
    assert bank.posted == [
        ("embedded/proof", {"embedded_session": "session", "sealed": "sealed"}),
        ("embedded/proof", {"embedded_session": "session", "send_again": "true", "ui_locales": "zh"}),
    ]
