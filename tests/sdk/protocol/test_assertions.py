"""Client assertions: one client, one audience, a short time, the registered algorithm."""

import pytest

from bank_sim.sdk.protocol import keypairs, strict_json
from bank_sim.sdk.protocol.assertions import (
    ASSERTION_CHARS_MAX,
    NOT_PROVEN,
    make_assertion,
    read_assertion,
    verify_assertion,
)
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.strict_base64 import to_base64url

AUDIENCE = "https://localhost:8440"
NOW_S = 1_700_000_000
CLAIMS = {"iss": "app_x", "sub": "app_x", "aud": AUDIENCE, "iat": NOW_S, "exp": NOW_S + 60, "jti": "once"}


def assertion_of(key: PrivateKey, header: dict[str, object] | None = None, **changes: object) -> str:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    full_header = {"alg": key.public.profile.jws_alg, **(header or {})}
    signing_input = ".".join(to_base64url(strict_json.dump(part)) for part in (full_header, claims))
    return f"{signing_input}.{to_base64url(key.sign(signing_input.encode()))}"


def verify(text: str, key: PrivateKey, now_s: float = NOW_S) -> None:
    verify_assertion(read_assertion(text), key.public, client_id="app_x", audiences={AUDIENCE}, now_s=now_s)


def test_an_assertion_proves_its_client(signing_key: PrivateKey) -> None:
    text = make_assertion(signing_key, "app_x", AUDIENCE, NOW_S, "once")
    verify(text, signing_key)
    assertion = read_assertion(text)
    assert (assertion.client_id, assertion.kid, assertion.claims) == ("app_x", signing_key.kid, CLAIMS)


def test_an_audience_may_be_one_of_a_list(signing_key: PrivateKey) -> None:
    text = assertion_of(signing_key, aud=["https://elsewhere", AUDIENCE])
    verify(text, signing_key)
    assert read_assertion(text).claims["aud"][1] == AUDIENCE


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"iss": "app_y"}, "iss and sub"),
        ({"sub": "app_y", "iss": "app_y"}, "iss and sub"),
        ({"aud": "https://elsewhere"}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": [{"a": 1}]}, "aud"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": NOW_S - 60}, "exp is past"),
        ({"exp": NOW_S + 361}, "exp lies more than 300 s ahead"),
        ({"iat": NOW_S + 61}, "iat lies ahead"),
        ({"nbf": NOW_S + 61}, "nbf lies ahead"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 5}, "jti"),
        ({"jti": "j" * 129}, "jti"),
    ],
    ids=str,
)
def test_an_assertion_is_refused_with_the_point_that_fails(
    signing_key: PrivateKey, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(Problem, match=f"^invalid_client: .*{says}"):
        verify(assertion_of(signing_key, **changes), signing_key)


def test_the_algorithm_is_the_registered_keys(suite: str, signing_key: PrivateKey) -> None:
    for alg in ("none", "HS256", "PS256", "ES256" if suite == "gm" else "SM2"):
        with pytest.raises(Problem, match=r"^invalid_client") as refused:
            verify(assertion_of(signing_key, {"alg": alg}), signing_key)
        assert refused.value.detail == NOT_PROVEN


def test_a_critical_extension_is_not_overlooked(signing_key: PrivateKey) -> None:
    with pytest.raises(Problem, match=r"^invalid_client: .*critical"):
        verify(assertion_of(signing_key, {"crit": ["b64"], "b64": False}), signing_key)


def test_another_key_of_the_same_suite_does_not_verify(suite: str, signing_key: PrivateKey) -> None:
    with pytest.raises(Problem, match=r"^invalid_client") as refused:
        verify(assertion_of(keypairs.generate(suite, "sig")), signing_key)
    assert refused.value.detail == NOT_PROVEN


@pytest.mark.parametrize(
    "text", ["", "a.b", "a.b.c.d", "!.!.!", "e30.e30.", "e30.W10.e30", "x" * (ASSERTION_CHARS_MAX + 1), "e31.e30.e30"]
)
def test_a_text_that_is_no_assertion_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"^invalid_client"):
        read_assertion(text)
