"""What a page says when its handler raises: refusals in full, defects without a word on the bank's insides."""

from __future__ import annotations

from werkzeug.exceptions import RequestEntityTooLarge

from bank_sim.sdk.protocol import problems
from bank_sim.web import refusal_of


def test_a_refusal_is_said_as_it_is_and_is_no_defect() -> None:
    logged: list[Exception] = []
    refusal = problems.FORM_FORGED.problem("Say it.")

    assert refusal_of(refusal, logged.append) is refusal
    assert logged == []


def test_a_form_that_cannot_be_read_is_its_senders_fault() -> None:
    logged: list[Exception] = []

    assert refusal_of(RequestEntityTooLarge(), logged.append).kind is problems.MALFORMED_HTTP
    assert logged == []


def test_a_defect_goes_into_the_log_and_not_onto_the_page() -> None:
    logged: list[Exception] = []
    defect = KeyError("6222020000000000")

    said = refusal_of(defect, logged.append)

    assert said.kind is problems.INTERNAL_ERROR
    assert "6222" not in f"{said.detail} {said.members}"
    assert logged == [defect]
