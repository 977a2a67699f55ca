"""docs/residues.md tells every exception of the search for residues, in both languages, and no other."""

import re
from pathlib import Path

import pytest

from scenarios.residues.trust import ALLOWANCES

DOCS = Path(__file__).parents[2] / "docs"
LINE = re.compile(r"^\| (`[^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


@pytest.mark.parametrize(("language", "page"), [("en", "residues.md"), ("zh", "residues.zh.md")])
def test_the_page_has_a_line_for_each_exception_and_no_other(language: str, page: str) -> None:
    written = {tuple(each.strip() for each in found.groups()) for found in LINE.finditer((DOCS / page).read_text())}

    assert written == {(_listed(each.kinds), _listed(each.places), each.why.in_(language)) for each in ALLOWANCES}


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{each}`" for each in sorted(names))
