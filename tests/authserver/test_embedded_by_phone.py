"""A user with a key on their phone confirms an embedded form there, instead of typing a code in the frame."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.branch import Branch
from tests.client import Client
from tests.ebank.test_second_factors import Phone, with_phone
from tests.embedded import PASSWORD, Form


@pytest.fixture
def phone(branch: Branch) -> Iterator[Phone]:
    """Bound to the payer, at a time when no code rests any more."""
    phone = Phone(branch)
    with_phone(branch, phone)
    branch.clock.advance(61)
    yield phone
    phone.line.close()


@pytest.fixture
def form(branch: Branch, client: Client, phone: Phone) -> Form:
    form = Form(branch, client)
    assert form.type(PASSWORD).json == {"next": "otp"}
    return form


@pytest.mark.clause("7.2.1-b-2.2", "10.2.2-1", "10.2.2-2.2")
def test_the_phone_shows_payee_and_amount_and_its_word_confirms(branch: Branch, form: Form, phone: Phone) -> None:
    assert "Confirm on my phone instead" in form.frame().words
    assert form.type("", by="device_key", agree="").json == {"next": "device"}
    (question,) = phone.waiting()
    assert (question["for"], question["amount"], question["payee_name"]) == ("payment", "100.00", "**光")
    assert question["number"] in form.frame().words
    phone.answer()
    assert form.type("", by="device_key").json["next"] == "done"
    assert branch.bank.consents.of_customer(branch.customer_id(0))[0].factors == ("password", "device_key")


def test_before_the_phone_has_answered_nothing_is_confirmed(form: Form, phone: Phone) -> None:
    form.type("", by="device_key")
    assert form.type("", by="device_key").json["code"] == "APPROVAL_PENDING"
    assert len(phone.waiting()) == 1


def test_what_the_phone_declines_is_not_confirmed_by_asking_again(form: Form, phone: Phone) -> None:
    form.type("", by="device_key")
    phone.answer("decline")
    for _ in range(2):
        refused = form.type("", by="device_key")
        assert (refused.status, refused.json["code"]) == (400, "APPROVAL_DECLINED")
    assert phone.waiting() == []


def test_after_the_phones_word_only_the_tick_is_left(form: Form, phone: Phone) -> None:
    form.type("", by="device_key")
    phone.answer()
    assert form.type("", by="device_key", agree="").json == {"next": "otp"}
    assert form.type("").json["next"] == "done"


def test_who_has_no_phone_bound_is_offered_none(branch: Branch, client: Client) -> None:
    form = Form(branch, client)
    form.type(PASSWORD)
    assert "phone instead" not in form.frame().words
    assert form.type("", by="device_key").json["code"] == "FACTOR_NOT_ENROLLED"
