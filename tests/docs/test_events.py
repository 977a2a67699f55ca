"""docs/events.md is true: its example verifies, its types are those there are, its numbers those of the policy."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bank_sim.events.model import TYPES
from bank_sim.events.probes import DEFECTS
from bank_sim.policy import Policy
from bank_sim.sdk.events import EventCase, require_event
from bank_sim.sdk.protocol.keypairs import public_from_jwk

ROOT = Path(__file__).parents[2]
PAGES = {
    "en": (ROOT / "docs/events.md").read_text(),
    "zh": (ROOT / "bank_sim/portal/docs/zh/events.md").read_text(),
}


@pytest.mark.parametrize("language", PAGES)
def test_the_example_verifies_as_the_page_says(language: str) -> None:
    example = re.findall(r"```http\n(.*?)\n```", PAGES[language], re.DOTALL)[0]
    head, _, body = example.partition("\n\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\n")[1:])}
    key = public_from_jwk(json.loads(re.findall(r"`(\{\"kty\".*?\})`", PAGES[language])[0]) | {"use": "sig"})
    case = EventCase(
        "https://shop.example/events", "app_7q2mzk4vxw5t", headers, body.encode(), {key.kid: key}.get,  # type: ignore[dict-item]
        1_790_000_000, 300, lambda _: True,
    )  # fmt: skip
    assert require_event(case).type == "consent.revoked"


@pytest.mark.parametrize("language", PAGES)
def test_every_type_of_event_is_listed_and_no_other(language: str) -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGES[language].partition("| type |")[2].partition("\n\n")[0], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([a-z_.]+)`", row)} == TYPES


def test_the_numbers_are_those_of_the_policy() -> None:
    policy, text = Policy(), " ".join(PAGES["en"].split())
    assert (policy.event_retry_first_s, policy.event_retry_max_s, policy.event_give_up_s) == (1, 3600, 3 * 86_400)
    assert "1, 2, 4, … seconds, at most an hour apart, for three days" in text
    assert f"within {policy.signature_window_s} s" in text
    assert "posts seven messages" in text
    assert len(DEFECTS) == 7
