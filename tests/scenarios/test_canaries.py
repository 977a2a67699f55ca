"""The residue search notices a value however it is encoded and wherever it lies in a file."""

import base64
from pathlib import Path
from urllib.parse import quote

import pytest

from scenarios.canaries import search

NAME = "王秀英"
PHONE = "15412345678"
CARD = "6229991234567890123"
PASSWORD = "69824800"

HIDING = {
    "plain": lambda value: value.encode(),
    "utf-16": lambda value: value.encode("utf-16"),
    "utf-16-be": lambda value: value.encode("utf-16-be"),
    "gbk": lambda value: value.encode("gbk"),
    "hex": lambda value: value.encode().hex().encode(),
    "upper-case hex of gbk": lambda value: value.encode("gbk").hex().upper().encode(),
    "percent": lambda value: quote(value).encode(),
    "percent, every byte": lambda value: "".join(f"%{each:02X}" for each in value.encode()).encode(),
    "json": lambda value: "".join(f"\\u{ord(each):04x}" for each in value).encode(),
    "base64": lambda value: base64.b64encode(value.encode()),
    "base64 after one byte": lambda value: base64.b64encode(b"x" + value.encode()),
    "base64 after two bytes": lambda value: base64.b64encode(b"xy" + value.encode() + b"z"),
    "base64url of gbk": lambda value: base64.urlsafe_b64encode(b"{" + value.encode("gbk") + b"}"),
    "backwards": lambda value: value[::-1].encode(),
}


@pytest.mark.parametrize("hiding", HIDING)
@pytest.mark.parametrize("value", [NAME, PHONE, CARD, PASSWORD])
def test_a_hidden_value_is_found_with_its_file_and_offset(tmp_path: Path, hiding: str, value: str) -> None:
    (tmp_path / "deep").mkdir()
    file = tmp_path / "deep" / "cache.bin"
    file.write_bytes(b"\x00" * 1001 + HIDING[hiding](value) + b"\xff")

    found = search([tmp_path], {"the canary": value})

    assert {each.file for each in found.residues} == {file}
    assert {each.canary for each in found.residues} == {"the canary"}
    assert min(each.offset for each in found.residues) in range(1001, 1005)


@pytest.mark.parametrize("written", ["6229 9912 3456 7890 123", "6229-9912-3456-7890-123"])
def test_a_card_number_in_groups_is_found(tmp_path: Path, written: str) -> None:
    (tmp_path / "statement.txt").write_text(written)

    assert search([tmp_path], {"card": CARD}).residues


def test_a_masked_number_is_no_residue(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("622999*********0123 王** 154****5678")

    found = search([tmp_path], {"card": CARD, "name": NAME, "phone": PHONE})

    assert found.residues == ()
    assert found.files == 1


def test_eight_digits_inside_a_longer_number_are_nobodys_password(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text('{"at_ms":1769824800000}')
    assert search([tmp_path], {"password": PASSWORD}).residues == ()

    (tmp_path / "journal").write_text('{"at_ms":1769824800000,"typed":"69824800"}')
    assert search([tmp_path], {"password": PASSWORD}).residues
