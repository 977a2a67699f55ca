"""Try it: the first call, tokens, sealed fields, and every mistake that can be made on purpose."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bank_sim.portal.description import fetch
from bank_sim.portal.filling import read_fields
from bank_sim.registry.registration import Registration
from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.pem import to_pem
from bank_sim.sdk.protocol.strict_base64 import to_base64
from tests.portal.developer import Developer
from tests.portal.office import AUTHORITY, Office


@pytest.fixture(params=["gm", "intl"])
def suite(request: pytest.FixtureRequest) -> str:
    return request.param


def test_a_first_call_is_three_clicks_away(office: Office, suite: str) -> None:
    developer = Developer(office)
    developer.make_application(suite)
    developer.submit("/issued/saved")
    developer.follow()
    developer.submit("/try/rates.list", act="send")
    page = developer.follow()
    assert "the answer is proven to be the bank" in page.text
    assert page.text.count(">holds<") == 4
    assert json.loads(developer.block("What the answer says"))["items"]


@pytest.mark.parametrize("value", ["订单-1", "a\r\nX-Other: b", "a\r\n\r\nGET / HTTP/1.1"])
def test_a_value_that_no_header_can_hold_is_shown_in_its_form_and_nothing_is_sent(office: Office, value: str) -> None:
    developer = Developer(office)
    developer.make_application()
    developer.get("/try/transfers.create")
    sent = len(office.sent)
    developer.submit("/try/transfers.create", act="send", idempotency_key=value, body__amount="7.77")
    assert developer.page.status == 400
    assert "HEADER_INVALID" in developer.page.text
    assert 'name="body.amount" value="7.77"' in developer.page.text
    assert len(office.sent) == sent


def test_a_session_keeps_nothing_of_a_form_but_its_own_fields(office: Office) -> None:
    operation = fetch(office.line, AUTHORITY).operations["transfers.create"]
    own = {
        "proof": "key",
        "token": "own-1",
        "idempotency_key": "k",
        "body.amount": "1" * 9999,
        "sealed.creditor_name": "王",
    }
    read = read_fields(operation, own | {"csrf": "c", "act": "send", "x" * 60_000: "more", "body.other": "y"})
    assert read.keys() == own.keys()
    assert len(read["body.amount"]) == 2000


class OwnKeys:
    """A developer whose private key never comes near the portal; the application is registered elsewhere."""

    def __init__(self, office: Office, suite: str) -> None:
        self.signing = generate(suite, "sig")
        keys = {"keys": [self.signing.public.jwk(), generate(suite, "enc").public.jwk()]}
        registration = Registration(name="own keys", suite=suite, jwks=keys, apis="payments")
        credentials = office.bank.registry.register(registration)
        self.developer = Developer(office)
        self.developer.get("/sign-in")
        self.developer.submit("/sign-in", app_id=credentials.app_id, app_secret=credentials.app_secret or "")

    def signature(self) -> str:
        """What the developer's own machine makes of the base that the page shows."""
        return to_base64(self.signing.sign(self.developer.block("Sign the signature base").encode()))

    def composed(self) -> str:
        """An A2 call that waits for its signature; where its form leads."""
        self.developer.get("/tokens")
        self.developer.submit("/tokens/own", access_token="A" * 43)
        self.developer.get("/try/accounts.list")
        (token,) = re.findall(r'<option value="(own-\w+)"', self.developer.page.text)
        self.developer.submit("/try/accounts.list", act="send", token=token)
        location = self.developer.page.header("location")
        self.developer.follow()
        return location


def test_a_call_can_be_signed_where_the_private_key_is(office: Office, suite: str) -> None:
    own = OwnKeys(office, suite)
    location = own.composed()
    assert not [each for each in office.sent if each.startswith(b"GET /api/")]
    own.developer.submit(location, signature=own.signature())
    own.developer.follow()
    # The signature holds: what is refused is the token, which the test made up.
    assert own.developer.code == "TOKEN_INVALID"
    assert own.developer.page.text.count(">holds<") == 4


def test_the_command_that_the_page_shows_signs_as_the_gateway_wants_it(office: Office, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing on this machine, and the shown command needs it")
    own = OwnKeys(office, "gm")
    der = own.signing.algorithms.pkcs8()
    (tmp_path / "sig.pem").write_bytes(to_pem("PRIVATE KEY", der))
    location = own.composed()
    (tmp_path / "base.txt").write_text(own.developer.block("Sign the signature base"))
    command = own.developer.block("Sign it on your own machine")
    signature = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    own.developer.submit(location, signature=signature)
    own.developer.follow()
    assert own.developer.code == "TOKEN_INVALID"


def test_a_signature_of_another_key_is_refused_by_the_gateway(office: Office, suite: str) -> None:
    own = OwnKeys(office, suite)
    location = own.composed()
    own.signing = generate(suite, "sig")
    own.developer.submit(location, signature=own.signature())
    own.developer.follow()
    assert own.developer.code == "SIGNATURE_INVALID"


def test_what_is_no_signature_is_said_to_be_none(office: Office, suite: str) -> None:
    own = OwnKeys(office, suite)
    location = own.composed()
    own.developer.submit(location, signature="not base64!")
    assert own.developer.page.form_code == "PARAM_INVALID"


def test_a_mistake_that_does_not_fit_the_call_is_not_made(office: Office) -> None:
    developer = Developer(office)
    developer.make_application("intl")
    page = developer.call("rates.list", mistake="no_idempotency")
    assert "the answer is proven to be the bank" in page.text


def test_an_exchange_is_the_sessions_own(office: Office) -> None:
    first, second = Developer(office), Developer(office)
    first.make_application("intl")
    first.call("rates.list")
    second.make_application("intl")
    assert second.get("/exchange/1").status == 404
    assert second.get("/exchange/one").status == 404


def test_references_of_a_verified_answer_are_offered_in_the_next_form(office: Office) -> None:
    developer = Developer(office)
    developer.make_application("intl")
    page = developer.call("products.list")
    first = json.loads(developer.block("What the answer says"))["items"][0]["product_id"]
    page = developer.get("/try/products.get")
    assert f'value="{first}"' in page.text
    developer.submit("/try/products.get", act="send")
    assert json.loads(developer.follow() and developer.block("What the answer says"))["product_id"] == first


def test_the_request_log_says_what_to_mend_and_keeps_others_out(office: Office) -> None:
    developer, other = Developer(office), Developer(office)
    developer.make_application("intl")
    other.make_application("intl")
    developer.call("rates.list", mistake="created_late")
    developer.call("rates.list")
    page = developer.get("/application/calls?show=refused")
    assert "TIMESTAMP_EXPIRED" in page.text
    (trace_id,) = re.findall(r"/application/calls/(\w{32})", page.text)
    page = developer.get(f"/application/calls/{trace_id}")
    assert "Set your clock by NTP" in page.text
    assert "Signature" not in other.get("/application/calls").text.partition("<main")[2]
    assert other.get(f"/application/calls/{trace_id}").status == 404
    assert "TIMESTAMP_EXPIRED" in developer.get(f"/application/calls?trace={trace_id}").text


def test_the_browser_that_comes_back_must_be_the_one_that_left(office: Office) -> None:
    developer = Developer(office)
    developer.make_application("intl")
    assert developer.get("/callback?state=x&code=y&iss=https://localhost:8440").form_code == "STATE_MISMATCH"
    developer.get("/tokens")
    developer.submit("/tokens/accounts")
    developer.follow()
    assert developer.get("/callback?state=x&code=y&iss=https://localhost:8440").form_code == "STATE_MISMATCH"
    # A wrong return ends the authorization: the right one cannot be tried after it.
    (state,) = re.findall(rb"state=([\w-]+)", office.sent[-1])
    returned = f"/callback?state={state.decode()}&code=y&iss=https://localhost:8440"
    assert developer.get(returned).form_code == "STATE_MISMATCH"


def test_another_issuer_is_not_believed(office: Office) -> None:
    developer = Developer(office)
    developer.make_application("intl")
    developer.get("/tokens")
    developer.submit("/tokens/accounts")
    (state,) = re.findall(rb"state=([\w-]+)", office.sent[-1])
    assert developer.get(f"/callback?state={state.decode()}&code=y&iss=https://evil").form_code == "ISS_MISMATCH"
