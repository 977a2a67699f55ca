"""What was typed on a keypad is taken once, from the session that it was shown to, and tells nothing when refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from bank_sim.identity.keypad import KEYPAD, Keypads, Place
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.keypairs import public_from_jwk
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sealing import SealContext, seal
from tests.branch import Branch

HERE = Place("a visit", "app_x", "oauth.embedded")
PIN = "40917265"


@pytest.fixture
def keypads(branch: Branch) -> Keypads:
    return branch.bank.keypads


def pressed(keypads: Keypads, token: str, digits: str) -> dict[str, object]:
    layout = keypads.layout(token)
    return {"keys": [layout.index(int(each)) for each in digits]}


def sealed(keypads: Keypads, token: str, fields: Mapping[str, object], place: Place = HERE) -> str:
    """What the page's script makes of it."""
    context = SealContext(place.app_id, place.api_id, "request", token)
    return seal(fields, public_from_jwk(keypads.sealing_key()), context)


def typed(keypads: Keypads, digits: str = PIN) -> str:
    token = keypads.issue(HERE)
    return sealed(keypads, token, pressed(keypads, token, digits))


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as refused:
        call()
    assert refused.value.detail is None
    return refused.value.code


@pytest.mark.clause("7.2.2-3.1.1")
def test_places_become_digits_at_the_bank_alone(keypads: Keypads) -> None:
    assert keypads.read(typed(keypads), HERE) == (PIN, {})


def test_what_was_typed_on_the_users_own_keyboard_is_sealed_likewise(keypads: Keypads) -> None:
    entry = sealed(keypads, keypads.issue(HERE), {"digits": PIN, "fields": {"agree": "yes"}})
    assert keypads.read(entry, HERE) == (PIN, {"agree": "yes"})


@pytest.mark.clause("7.2.2-3.1.1", "7.3.2-1")
def test_an_entry_is_taken_once(keypads: Keypads) -> None:
    entry = typed(keypads)
    keypads.read(entry, HERE)
    assert refusal(lambda: keypads.read(entry, HERE)) == "KEYPAD_INVALID"


def test_another_entry_on_the_same_keypad_is_no_second_try(keypads: Keypads) -> None:
    token = keypads.issue(HERE)
    keypads.read(sealed(keypads, token, pressed(keypads, token, "00000000")), HERE)
    assert refusal(lambda: keypads.read(sealed(keypads, token, pressed(keypads, token, PIN)), HERE)) == "KEYPAD_INVALID"


@pytest.mark.clause("7.2.2-3.1.1", "9.3.3-2.2.1")
@pytest.mark.parametrize(
    "elsewhere",
    [replace(HERE, holder="another visit"), replace(HERE, app_id="app_y"), replace(HERE, api_id="ebank.login")],
)
def test_an_entry_is_worth_nothing_elsewhere(keypads: Keypads, elsewhere: Place) -> None:
    assert refusal(lambda: keypads.read(typed(keypads), elsewhere)) == "KEYPAD_INVALID"


def test_a_keypad_ends_after_minutes(branch: Branch, keypads: Keypads) -> None:
    entry, token = typed(keypads), keypads.issue(HERE)
    branch.clock.advance(branch.config.policy.session_idle_s)
    assert refusal(lambda: keypads.read(entry, HERE)) == "KEYPAD_INVALID"
    assert refusal(lambda: keypads.picture(token)) == "KEYPAD_INVALID"


def test_a_keypad_that_this_bank_did_not_issue_is_none(keypads: Keypads) -> None:
    token = keypads.issue(HERE)
    forged = ("A" if token[0] != "A" else "B") + token[1:]
    for name in (forged, token[:-4], token + "AAAA", "", "…", "0" * 60):
        assert refusal(lambda name=name: keypads.picture(name)) == "KEYPAD_INVALID"
        entry = sealed(keypads, name, {"keys": [0]})
        assert refusal(lambda entry=entry: keypads.read(entry, HERE)) == "KEYPAD_INVALID"


@pytest.mark.parametrize(
    "fields",
    [
        {"keys": [10]}, {"keys": [-1]}, {"keys": ["1"]}, {"keys": [0] * 17}, {"keys": [True]}, {"digits": "1" * 17},
        {"digits": 12345678}, {"keys": [0], "more": 1}, {"fields": {"agree": 1}}, {"keys": None, "fields": []},
    ],
)  # fmt: skip
def test_an_entry_of_another_form_is_refused(keypads: Keypads, fields: dict[str, object]) -> None:
    entry = sealed(keypads, keypads.issue(HERE), fields)
    assert refusal(lambda: keypads.read(entry, HERE)) == "KEYPAD_INVALID"


def test_whatever_is_wrong_with_a_seal_is_one_refusal(keypads: Keypads) -> None:
    entry = typed(keypads)
    header, *rest = entry.split(".")
    others = keypairs.generate("gm", "enc").public
    foreign = seal({"keys": [0]}, others, SealContext(HERE.app_id, HERE.api_id, "request", keypads.issue(HERE)))
    for text in ("", "x", "a.b.c.d.e", header, ".".join([header, *rest[:-1], "A" * 22]), foreign, "eyJ9.e.e.e.e"):
        assert refusal(lambda text=text: keypads.read(text, HERE)) == "KEYPAD_INVALID"


def test_the_checks_are_named_and_in_order() -> None:
    assert [each.name for each in KEYPAD.rows] == ["keypad_issued", "keypad_session", "keypad_once", "keypad_seal"]


def test_without_its_row_an_entry_is_taken_again(branch: Branch, keypads: Keypads) -> None:
    entry = typed(keypads)
    branch.switches.weaken(["keypad_once"])
    assert [keypads.read(entry, HERE)[0] for _ in range(2)] == [PIN, PIN]


def test_without_its_row_an_entry_is_taken_in_another_session(branch: Branch, keypads: Keypads) -> None:
    entry = typed(keypads)
    branch.switches.weaken(["keypad_session"])
    assert keypads.read(entry, replace(HERE, holder="another visit"))[0] == PIN
