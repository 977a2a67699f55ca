"""docs/threats.md leaves out no line of the lists it goes through, and names only what exists, in both languages."""

import re
from pathlib import Path

import pytest

from scenarios.registry import scenarios

ROOT = Path(__file__).parents[2]
PAGES = {
    language: (ROOT / "docs" / name).read_text() for language, name in (("en", "threats.md"), ("zh", "threats.zh.md"))
}
LISTED = [
    *(f"API{number}" for number in range(1, 11)),
    *(f"4.{number}" for number in range(1, 18)),
    *("A1", "A1a", "A2", "A3a", "A5", "A7"),
]
NAME, ROW = (
    re.compile(r"`([^`]+)`"),
    re.compile(r"^\| ((?:API|A|4\.)\d+[ab]?) ([^|]+)\|([^|]+)\|([^|]+)\|$", re.MULTILINE),
)


def rows(language: str) -> dict[str, list[str]]:
    """What each threat is shown by."""
    return {found[1]: NAME.findall(found[4]) for found in ROW.finditer(PAGES[language])}


@pytest.mark.parametrize("language", PAGES)
def test_every_threat_of_the_three_lists_has_its_line(language: str) -> None:
    assert list(rows(language)) == LISTED


def test_both_languages_name_the_same() -> None:
    assert rows("zh") == rows("en")


@pytest.mark.parametrize("threat", LISTED)
def test_what_a_line_names_exists(threat: str) -> None:
    names = rows("en")[threat]

    assert names
    assert [each for each in names if not _exists(each)] == []


def _exists(name: str) -> bool:
    if not name.startswith("tests/"):
        return name in scenarios()
    path, _, test = name.partition("::")
    source = (ROOT / path).read_text() if (ROOT / path).is_file() else ""
    return f"\ndef {test}(" in source if test else "\ndef test_" in source
