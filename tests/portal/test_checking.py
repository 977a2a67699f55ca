"""Check a message: the gateway's questions are answered as the gateway answers them, and usual mistakes are named."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

import pytest

from bank_sim.portal.composing import Message, Order, Party, compose
from bank_sim.portal.examining import Examination, Expected, examine
from bank_sim.portal.mistakes import mistake_named
from bank_sim.portal.suspicions import SUSPICIONS, wrong_readings
from bank_sim.portal.texts import TEXTS
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey
from bank_sim.sdk.protocol.strict_base64 import to_base64
from bank_sim.sdk.protocol.suites import digest
from tests.bank_in_process import Founded
from tests.gateway.party import Party as Registered
from tests.gateway.town import Town
from tests.portal.developer import Developer
from tests.portal.office import AUTHORITY, Office

QUERY = Order(name="products.list", method="GET", path="/api/products", query=(("category", "wealth"),))


@dataclass(slots=True)
class Desk:
    """An application whose messages are examined."""

    town: Town
    registered: Registered
    suite: str

    @property
    def party(self) -> Party:
        one = self.registered
        return Party(one.app_id, self.suite, one.secret, one.signing, one.opening)

    def message(self, order: Order, mistake: str = "") -> Message:
        opening = self.town.bank.keys.opening(self.suite).public
        now_s, nonce = int(self.town.clock.now_s()), secrets.token_urlsafe(18)
        return compose(order, self.party, opening, AUTHORITY, now_s, nonce, mistake_named(mistake))

    def examined(self, text: str) -> Examination:
        bank, app_id = self.town.bank, self.registered.app_id
        expected = Expected(
            authority=AUTHORITY,
            suite=self.suite,
            catalogue=bank.catalogue,
            credential=lambda keyid: bank.registry.caller(app_id, keyid)[1],
            now_s=self.town.clock.now_s(),
            window_s=300,
            wrong_keys=wrong_readings(self.suite, self.registered.credentials.app_secret or ""),
        )
        return examine(text, expected)


@pytest.fixture(scope="module", params=["gm", "intl"])
def desk(request: pytest.FixtureRequest, founding: Founded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    town = Town(founding.copied_to(tmp_path_factory.mktemp("checking")))
    yield Desk(town, Registered(town, request.param), request.param)
    town.close()


def failed(examination: Examination) -> dict[str, str]:
    """The questions answered badly, with their codes."""
    return {each.name: each.problem.code for each in examination.findings if each.holds is False and each.problem}


@pytest.mark.parametrize("with_secret", [True, False])
def test_a_message_as_it_should_be_has_nothing_to_mend(desk: Desk, with_secret: bool) -> None:
    message = desk.message(replace(QUERY, with_secret=with_secret))
    examination = desk.examined(message.raw.decode())
    assert failed(examination) == {}
    assert examination.holds
    assert examination.base == message.base


@pytest.mark.parametrize(
    ("mistake", "question", "code"),
    [
        ("host_other", "addressed", "AUTHORITY_MISMATCH"),
        ("path_unknown", "interface", "API_NOT_FOUND"),
        ("method_other", "interface", "METHOD_NOT_ALLOWED"),
        ("version_missing", "interface", "API_VERSION_REQUIRED"),
        ("signature_missing", "signature_read", "SIGNATURE_REQUIRED"),
        ("signature_twice", "signature_read", "SIGNATURE_AMBIGUOUS"),
        ("created_quoted", "signature_read", "SIGNATURE_MALFORMED"),
        ("not_covered", "covered", "SIGNATURE_COVERAGE"),
        ("signature_altered", "signature", "SIGNATURE_INVALID"),
        ("key_unknown", "key_named", "KEY_UNKNOWN"),
        ("sealing_key", "key_named", "KEY_USAGE_MISMATCH"),
        ("created_late", "fresh", "TIMESTAMP_EXPIRED"),
        ("header_twice", "readable", "HEADER_DUPLICATED"),
    ],
)
def test_a_mistake_is_found_by_the_question_that_asks_for_it(
    desk: Desk, mistake: str, question: str, code: str
) -> None:
    assert failed(desk.examined(desk.message(QUERY, mistake).raw.decode()))[question] == code


def test_an_a2_call_under_app_secret_is_called_too_weak(desk: Desk) -> None:
    order = Order(name="accounts.list", method="GET", path="/api/accounts", with_secret=True)
    assert failed(desk.examined(desk.message(order).raw.decode()))["key_named"] == "CREDENTIAL_TOO_WEAK"


def test_a_body_and_its_digest_are_compared(desk: Desk) -> None:
    order = Order(name="transfers.create", method="POST", path="/api/transfers", members={"amount": "1.00"},
                  idempotency_key="k")  # fmt: skip
    message = desk.message(order)
    examination = desk.examined(message.raw.decode())
    assert failed(examination) == {}
    assert examination.digest == message.headers["Content-Digest"]
    changed = message.raw.decode().replace('"1.00"', '"2.00"')
    assert failed(desk.examined(changed)) == {"digest": "DIGEST_MISMATCH"}


def _order(purpose: str = "rent") -> Order:
    members = {"amount": "1.00", "purpose": purpose}
    return Order(name="transfers.create", method="POST", path="/api/transfers", members=members, idempotency_key="k")


@pytest.mark.parametrize(
    ("header", "wrong", "code"),
    [
        # As a program that counts characters writes it: the body holds six bytes of Chinese.
        ("Content-Length: 36", "Content-Length: 32", "MALFORMED_HTTP"),
        ("Content-Length: 36", "Content-Length: 37", "BODY_TIMEOUT"),
        ("Content-Type: application/json", "Content-Type: text/plain", "MEDIA_TYPE_UNSUPPORTED"),
        ("Content-Type: application/json\r\n", "", "MEDIA_TYPE_UNSUPPORTED"),
    ],
)
def test_a_body_is_compared_with_what_its_headers_say(desk: Desk, header: str, wrong: str, code: str) -> None:
    text = desk.message(_order("房租")).raw.decode()
    assert header in text
    assert failed(desk.examined(text)) == {}
    assert failed(desk.examined(text.replace(header, wrong))) == {"body_described": code}


def test_a_body_that_is_no_json_is_found_though_its_digest_is_right(desk: Desk) -> None:
    message = desk.message(_order())
    text = message.raw.decode().replace('"1.00"', '01.00"')
    digest_then, digest_now = message.headers["Content-Digest"], desk.examined(text).digest
    assert failed(desk.examined(text.replace(digest_then, digest_now)))["body_described"] == "JSON_INVALID"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_a_body_that_ends_with_a_line_break_is_read_as_it_was_hashed(desk: Desk, end: str) -> None:
    """As shells and editors make bodies; the text field of a browser does not keep which line break it was."""
    message = desk.message(_order())
    message.body += end.encode()
    before, after = message.headers["Content-Digest"], content_digest(desk.suite, message.body)
    examination = desk.examined((message.raw.decode() + end).replace("\r\n", "\n").replace(before, after))
    assert examination.digest == after
    assert "digest" not in failed(examination)


# What probably went wrong


def _signed(message: Message, value: bytes) -> str:
    message.headers["Signature"] = f"sig1=:{to_base64(value)}:"
    lines = [f"{message.method} {message.target} HTTP/1.1", *(f"{n}: {v}" for n, v in message.headers.items())]
    return "\n".join([*lines, "", ""])


def _value(key: PrivateKey | MacKey, base: bytes) -> bytes:
    return key.sign(base) if isinstance(key, PrivateKey) else key.mac(base)


BASES: dict[str, Callable[[str, str], bytes]] = {
    "trailing_newline": lambda base, suite: (base + "\n").encode(),
    "crlf": lambda base, suite: base.replace("\n", "\r\n").encode(),
    "no_port": lambda base, suite: base.replace(AUTHORITY, "localhost").encode(),
    "scheme": lambda base, suite: base.replace(AUTHORITY, f"https://{AUTHORITY}").encode(),
    "bare_names": lambda base, suite: re.sub(r'(?m)^"([^"]+)"', r"\1", base).encode(),
    "query_mark": lambda base, suite: base.replace('"@query": ?', '"@query": ').encode(),
    "lower_method": lambda base, suite: base.replace('"@method": GET', '"@method": get').encode(),
    "no_params_line": lambda base, suite: base.rpartition("\n")[0].encode(),
    "labelled_params": lambda base, suite: base.replace('params": (', 'params": sig1=(').encode(),
    "hashed_first": lambda base, suite: digest(suite, base.encode()),
    "hex_hash": lambda base, suite: digest(suite, base.encode()).hex().encode(),
}


@pytest.mark.parametrize("with_secret", [True, False])
@pytest.mark.parametrize("name", BASES)
def test_a_usual_mistake_in_the_base_is_named(desk: Desk, name: str, with_secret: bool) -> None:
    message = desk.message(replace(QUERY, with_secret=with_secret))
    assert message.key is not None
    value = _value(message.key, BASES[name](message.base, desk.suite))
    examination = desk.examined(_signed(message, value))
    assert "signature" in failed(examination)
    assert examination.suspicion == name


def test_a_path_that_was_decoded_before_signing_is_named(desk: Desk) -> None:
    order = replace(QUERY, path=f"/api/products/{quote('编号')}", query=())
    message = desk.message(order)
    assert message.key is not None
    plain = desk.message(replace(order, path="/api/products/%7E"))
    value = _value(plain.key or message.key, plain.base.replace("%7E", "~").encode())
    assert desk.examined(_signed(plain, value)).suspicion == "decoded_path"


def test_the_other_encoding_is_named(desk: Desk) -> None:
    assert desk.examined(desk.message(QUERY, "encoding_other").raw.decode()).suspicion == "encoding"


@pytest.mark.parametrize("with_secret", [True, False])
def test_a_signature_that_was_written_in_hexadecimal_is_named(desk: Desk, with_secret: bool) -> None:
    message = desk.message(replace(QUERY, with_secret=with_secret))
    assert message.key is not None
    value = _value(message.key, message.base.encode())
    assert desk.examined(_signed(message, value.hex().encode())).suspicion == "hex_value"


def test_a_mac_under_the_name_of_a_key_pair_is_named(desk: Desk) -> None:
    message, secret = desk.message(QUERY), desk.registered.secret
    assert secret is not None
    assert desk.examined(_signed(message, secret.mac(message.base.encode()))).suspicion == "secret_for_key"


@pytest.mark.parametrize("name", ["decoded_secret", "other_suite"])
def test_a_secret_that_was_misread_is_named(desk: Desk, name: str) -> None:
    message = desk.message(replace(QUERY, with_secret=True))
    wrong = wrong_readings(desk.suite, desk.registered.credentials.app_secret or "")[name]
    assert desk.examined(_signed(message, wrong.mac(message.base.encode()))).suspicion == name


def test_every_suspicion_and_question_has_words() -> None:
    for language in ("en", "zh"):
        assert set(TEXTS[language]["suspicions"]) == set(SUSPICIONS)
    shown = BASES.keys() | {"decoded_path", "encoding", "hex_value", "secret_for_key", "decoded_secret", "other_suite"}
    assert shown == set(SUSPICIONS)


@pytest.mark.parametrize(
    "text", ["", "hello", "GET /api/rates HTTP/1.1\nno colon here", "GET /\x00 HTTP/1.1", "\n" * 99]
)
def test_whatever_is_pasted_is_answered(desk: Desk, text: str) -> None:
    examination = desk.examined(text)
    assert not examination.holds
    assert examination.suspicion == ""
    assert (
        {each.name for each in examination.findings} == set(TEXTS["zh"]["questions"]) == set(TEXTS["en"]["questions"])
    )


def test_only_the_developers_own_keys_take_part(desk: Desk) -> None:
    other = Desk(desk.town, Registered(desk.town, desk.suite), desk.suite)
    foreign = other.message(replace(QUERY, with_secret=True)).raw.decode()
    assert failed(desk.examined(foreign))["key_named"] == "KEY_UNKNOWN"


# The page


def test_the_page_shows_the_banks_view_and_sends_nothing(office: Office) -> None:
    developer = Developer(office)
    developer.make_application("intl")
    developer.call("rates.list", act="compose")
    raw = developer.block("Send these bytes")
    sent = len(office.sent)
    developer.get("/check")
    assert "GET /api/rates HTTP/1.1" in developer.page.text
    developer.submit("/check", message=raw)
    assert "would take this message as yours" in developer.page.text
    developer.submit("/check", message=raw.replace("created=", "created=1"))
    assert "SIGNATURE_INVALID" in developer.page.text or "APP_AUTH_FAILED" in developer.page.text
    assert len(office.sent) == sent
