"""What opens a door never reaches a trace, wherever in a message it stands."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_sim.sandbox import redaction

SECRET = "s3cr3t-value-of-this-test"
MACHINE_NAMES = ["password", "otp", "pin", "csrf", "access_token", "refresh_token", "client_assertion", "code",
                 "code_verifier", "request_uri", "app_secret", "embedded_session", "Access_Token"]  # fmt: skip


@pytest.mark.parametrize("name", MACHINE_NAMES)
def test_a_secret_member_is_withheld_from_forms_and_json_and_queries(name: str) -> None:
    kept = [
        redaction.machine_body("application/x-www-form-urlencoded", f"{name}={SECRET}&plain=1".encode()),
        redaction.machine_body("application/json", json.dumps({"deep": [{name: SECRET}]}).encode()),
        redaction.target(f"/somewhere?{name}={SECRET}&plain=1"),
        json.dumps(redaction.members({name: SECRET})),
    ]

    assert [each for each in kept if SECRET in each] == []
    assert all("withheld" in each for each in kept)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", f"Bearer {SECRET}"),
        ("Cookie", f"__Host-ebank={SECRET}"),
        ("Set-Cookie", f"__Host-ebank={SECRET}; Secure; Path=/"),
        ("Location", f"https://wallet.localhost/callback?code={SECRET}&iss=https://bank"),
        ("Referer", f"https://bank.localhost/authorize?request_uri={SECRET}"),
        ("X-Session-Token", SECRET),
        ("Authorization", SECRET),
        ("Cookie", SECRET),
        ("Cookie", f"language=zh; __Host-ebank={SECRET}"),
    ],
)
def test_a_secret_header_is_withheld_and_the_header_is_still_there(name: str, value: str) -> None:
    ((kept_name, kept_value),) = redaction.headers([(name.encode(), value.encode())])

    assert kept_name == name
    assert SECRET not in kept_value
    assert "withheld" in kept_value


def test_the_same_secret_is_known_again_and_another_one_is_another() -> None:
    assert redaction.withheld("a") == redaction.withheld("a") != redaction.withheld("b")


def test_signatures_and_sealed_parts_stay_as_they_are_for_they_open_nothing() -> None:
    headers = [(b"signature", b"sig1=:AAAA:"), (b"signature-input", b'sig1=("@method");nonce="n"')]

    assert redaction.headers(headers) == [
        ("signature", "sig1=:AAAA:"),
        ("signature-input", 'sig1=("@method");nonce="n"'),
    ]
    assert "eyJ.x.y" in redaction.machine_body("application/json", b'{"sealed": "eyJ.x.y"}')


def test_a_problem_says_its_code_and_a_transfer_its_state() -> None:
    assert "NONCE_REPLAYED" in redaction.machine_body("application/problem+json", b'{"code": "NONCE_REPLAYED"}')
    assert "executed" in redaction.machine_body("application/json", b'{"state": "executed"}')


def test_of_what_people_type_only_the_names_are_kept() -> None:
    names = ["login_name", "payee_account", "payee_name", "amount", "anything"]
    body = "&".join(f"{name}={SECRET}" for name in names).encode()

    kept = redaction.page_body("application/x-www-form-urlencoded", body)

    assert SECRET not in kept
    assert all(name in kept for name in names)


def test_of_what_people_read_only_the_length_and_the_title_are_kept() -> None:
    page = f"<html><title>Accounts</title><p>{SECRET}</p></html>".encode()

    assert redaction.page_body("text/html; charset=utf-8", page) == f"<{len(page)} bytes of text/html>"
    assert redaction.page_title(page) == "Accounts"
    assert redaction.page_body("application/json", json.dumps({"people": [SECRET]}).encode()) == "<JSON with people>"


def test_a_choice_among_what_is_offered_is_no_secret() -> None:
    assert redaction.page_body("application/x-www-form-urlencoded", b"decision=approve") == "decision=approve"


@pytest.mark.parametrize("text", ["验证码123456，3分钟内有效", "code 123456.", "your code: 12345678"])
def test_a_message_loses_its_code(text: str) -> None:
    assert not any(each in redaction.message_text(text) for each in ("123456", "12345678"))


def test_a_message_keeps_payee_and_amount() -> None:
    text = "付款1000000.00元至尾号3274，验证码654321"

    assert redaction.message_text(text) == "付款1000000.00元至尾号3274，验证码••••••"


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["application/json", "application/x-www-form-urlencoded", "", "x/y"]))
def test_any_body_can_be_kept(body: bytes, kind: str) -> None:
    assert isinstance(redaction.machine_body(kind, body), str)
    assert isinstance(redaction.page_body(kind, body), str)


@pytest.mark.parametrize(
    "secret",
    [SECRET, 12345678, 1234.5678, True, None, [SECRET], [[{"x": SECRET}]], {}, {"value": SECRET}, {"0": [SECRET]}],
    ids=repr,
)
@pytest.mark.parametrize("name", ["password", "otp", "code", "state", "access_token"])
def test_a_secret_of_any_type_is_withheld(name: str, secret: object) -> None:
    kept = redaction.machine_body("application/json", json.dumps({"deep": [{name: secret}], "plain": 7}).encode())

    told = json.loads(kept)
    assert told["plain"] == 7
    assert SECRET not in kept
    assert "12345678" not in kept
    assert told["deep"][0][name] == {} if secret == {} else "withheld" in told["deep"][0][name]


def test_a_schema_that_describes_a_secret_is_kept() -> None:
    schema = {"properties": {"code": {"type": "string", "maxLength": 6}, "token": {"$ref": "#/x"}}}

    assert json.loads(redaction.machine_body("application/json", json.dumps(schema).encode())) == schema


def test_the_state_of_an_authorization_is_withheld_whatever_member_of_that_name_is_not() -> None:
    kept = redaction.machine_body("application/json", b'{"code": "c0de", "state": "kX9-Rw_0aB", "iss": "https://b"}')

    assert json.loads(kept)["state"].startswith("<withheld")
    assert json.loads(kept)["iss"] == "https://b"


def test_an_address_in_a_member_keeps_its_path_and_not_what_opens_a_form() -> None:
    address = f"https://bank.localhost/embedded?frame={SECRET}&lang=zh"
    kept = redaction.machine_body("application/json", json.dumps({"frame_url": address}).encode())

    assert "https://bank.localhost/embedded?frame=" in kept
    assert "lang=zh" in kept
    assert SECRET not in kept
    assert SECRET not in redaction.target(f"/embedded?frame={SECRET}&lang=zh")


@pytest.mark.parametrize("body", [b"7", b"null", b'"text"', b"[1, [2]]", b'{"a": {"b": [null, 1.5, {"c": true}]}}'])
def test_json_of_any_shape_is_kept_as_it_is_where_nothing_in_it_is_secret(body: bytes) -> None:
    assert json.loads(redaction.machine_body("application/json", body)) == json.loads(body)


@pytest.mark.parametrize("name", ["password", "amount"])
def test_half_a_surrogate_pair_is_kept_or_withheld_like_any_text(name: str) -> None:
    kept = json.loads(redaction.machine_body("application/json", f'{{"{name}": "\\ud800"}}'.encode()))

    assert kept[name] == "\ud800" if name == "amount" else "withheld" in kept[name]


def test_what_tells_of_a_person_is_masked_wherever_it_came_in() -> None:
    said = {
        "creditor_account": "6221001234567890",
        "id_number": "11010119900307123X",
        "purpose": "for 4111111111111111",
    }
    body = redaction.machine_body("application/json", json.dumps(said).encode())
    target = redaction.target("/api/accounts?card_number=4111111111111111&note=4111111111111111")
    opened = redaction.members({"creditor_name": "王小明", "phone": "13812345678"})

    assert json.loads(body)["creditor_account"] == "622100******7890"
    assert opened == {"creditor_name": "**明", "phone": "138****5678"}
    for kept in (body, target):
        assert not any(each in kept for each in ("1234567890", "19900307", "11111111"))


def test_what_is_called_a_name_and_is_nobodys_is_kept() -> None:
    assert redaction.members({"name": "定期存款", "trace_id": "a" * 32}) == {"name": "定期存款", "trace_id": "a" * 32}
