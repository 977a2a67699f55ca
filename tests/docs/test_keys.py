"""docs/keys.md says what the code does: its endpoints, its types, its checks."""

from __future__ import annotations

import re
from pathlib import Path

from bank_sim.authserver.table import CHECKS
from bank_sim.policy import Policy
from bank_sim.registry.rotation import possession_text
from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.keysets import KEY_SET_TYP, VOUCHER_TYP, KeySet, make_key_set, make_voucher
from bank_sim.sdk.protocol.statements import read_statement

ROOT = Path(__file__).parents[2]
PAGES = [(ROOT / each).read_text() for each in ("docs/keys.md", "bank_sim/portal/docs/zh/keys.md")]


def test_both_languages_name_the_very_endpoints_of_the_server() -> None:
    built = {each for row in CHECKS.rows for each in row.columns if each.partition(".")[0] == "keys"}
    for page in PAGES:
        named = re.findall(r"^\| `POST /oauth/(keys[/\w]*)`", page, re.MULTILINE)
        assert {each.replace("/", ".") for each in named} == built


def test_both_languages_show_the_statements_as_they_are_made() -> None:
    key = generate("intl", "sig")
    published = read_statement(make_key_set(key, "https://a", 1, KeySet(1, (key.public.jwk(),), frozenset()), []))
    voucher = read_statement(make_voucher(key, "https://a", key.public, 1))
    shown = possession_text("<issuer>", "<App_ID>", "<kid>", "<nonce>")
    for page in PAGES:
        assert all(f"`{typ}`" in page for typ in (KEY_SET_TYP, VOUCHER_TYP))
        assert f"`{' '.join(published.claims)}`" in page
        assert f"`{' '.join(voucher.claims)}`" in page
        assert f"`{shown}`" in page


def test_a_certificate_lasts_as_long_as_the_page_says() -> None:
    days = Policy().certificate_validity_s // 86_400
    assert f"for {days} days" in PAGES[0]
    assert f"有效期 {days} 天" in PAGES[1]


def test_the_warnings_come_on_the_days_that_the_page_says() -> None:
    first, second, third = Policy().key_warnings_days
    assert f"{first}, {second} and {third} days before" in PAGES[0]
    assert f"{first}、{second}、{third} 天" in PAGES[1]
