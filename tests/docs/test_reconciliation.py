"""docs/reconciliation.md: its example is a file of the bank's writing, its codes are the catalogue's."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from bank_sim.sdk.protocol.problems import CATALOGUE
from bank_sim.sdk.reconciliation import FILE_TYP, Line, write_file

TEXTS = [
    (Path(__file__).parents[2] / name).read_text()
    for name in ("docs/reconciliation.md", "bank_sim/portal/docs/zh/reconciliation.md")
]


def test_the_example_is_what_the_bank_writes_for_its_lines() -> None:
    for text in TEXTS:
        (example,) = re.findall(r"^```json\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        _, *lines, _ = example.splitlines()
        told = [msgspec.json.decode(each, type=Line) for each in lines]
        assert write_file("app_7kx2m5q3vnrw", "2026-01-31", "masked", told).decode() == example


def test_its_codes_and_names_are_those_in_force() -> None:
    for text in TEXTS:
        assert set(re.findall(r"`([A-Z]+_[A-Z_]+)`", text)) <= CATALOGUE.keys()
        assert f"`{FILE_TYP}`" in text
