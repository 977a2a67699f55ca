"""One requirement with all that answers it, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scenarios.standard.texts import STANDINGS, TEXTS

FILES_SHOWN = 12


def lines_of(entry: dict[str, Any], language: str) -> Iterator[str]:
    """The lines of ``dossier.entry``."""
    yield f"{entry['id']}  {entry['summary'][language]}"
    parties = " + ".join(TEXTS[each].in_(language) for each in entry["obliged"])
    level = f" · {entry['level']}" if entry["level"] != "-" else ""
    yield f"  {parties} · {TEXTS[entry['kind']].in_(language)}{level} · {STANDINGS[entry['standing']].in_(language)}"
    if entry["exception"] is not None:
        yield from _part("reason", [entry["exception"]["reason"][language]], language)
    checks = [f"{each['asks'][language]}  {each['row']} ({each['file']})" for each in entry["built"]["checks"]]
    yield from _part("checks", checks, language)
    yield from _part("plays", [f"{each['name']} ({each['kind']})" for each in entry["shown"]["plays"]], language)
    yield from _part("tests", entry["shown"]["tests"], language)
    documents = [f"{each['title'][language]} (docs/compliance/{language}/{each['file']})" for each in _documents(entry)]
    yield from _part("documents", documents, language)
    attacks = [
        f"{each['name'][language]}  {each['attack']} → {each['play'] or TEXTS['attack_unplayed'].in_(language)}"
        for each in entry["attacked"]
    ]
    yield from _part("attacks", attacks, language)
    yield from _part("pages", entry["built"]["pages"], language)
    yield from _part("code", entry["built"]["code"][:FILES_SHOWN], language)


def _documents(entry: dict[str, Any]) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = entry["shown"]["documents"]
    return documents


def _part(word: str, lines: list[str], language: str) -> Iterator[str]:
    if lines:
        yield f"  {TEXTS[word].in_(language)}"
        yield from (f"    {each}" for each in lines)
