"""What the sources say of requirements by themselves: rows of check tables, marks of tests, citations, documents.

Where tests or documents are not installed, none are found. It reads and parses files and imports none of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scenarios.texts import Text

ROOT = Path(__file__).parents[2]
PARTIES = ("bank_sim", "app_sim", "user_sim")
DOCUMENTS = ROOT / "docs" / "compliance"
_CITED = re.compile(r"JR/T 0185 ([0-9AB](?:[\w.-]*\w)?)")
_ANSWERS = re.compile(r"^(?:Clauses: |条款：)(.+)$", re.MULTILINE)
_ROW_ARGUMENTS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a check table: its name, the file it stands in, the requirements that it answers."""

    name: str
    file: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A test that shows requirements: ``tests/part/test_file.py::test_name``."""

    test: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the standard asks for, in both languages; ``file`` is its name in either folder."""

    file: str
    title: Text
    clauses: tuple[str, ...]


def rows() -> Iterator[Row]:
    """Every ``row("name", check, "columns", "clauses …")`` of the parties."""
    for name, text in _modules(*PARTIES):
        if "row(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and _is_row(node):
                row, *_, ids = (each.value for each in node.args if isinstance(each, ast.Constant))
                yield Row(str(row), name, tuple(str(ids).split()))


def _is_row(node: ast.Call) -> bool:
    named = ast.unparse(node.func).endswith("row") and len(node.args) == _ROW_ARGUMENTS
    return named and all(isinstance(each, ast.Constant) for each in (node.args[0], node.args[-1]))


def citations() -> Iterator[tuple[str, set[str]]]:
    """Each module of the parties, and what it names as ``JR/T 0185 …``: ids of requirements or of sections."""
    for name, text in _modules(*PARTIES):
        cited = set(_CITED.findall(text))
        if cited:
            yield name, cited


def marked() -> Iterator[Marked]:
    """Every test with ``@pytest.mark.clause("…")``, also on one of its parameters, or with one for its whole module."""
    for name, text in _modules("tests"):
        if "mark.clause" not in text:
            continue
        tree = ast.parse(text)
        everywhere = _ids_of(each for each in tree.body if isinstance(each, ast.Assign) and _names_marks(each))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                ids = everywhere | _ids_of(iter(node.decorator_list))
                if ids:
                    yield Marked(f"{name}::{node.name}", tuple(sorted(ids)))


def _names_marks(node: ast.Assign) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "pytestmark" for each in node.targets)


def _ids_of(nodes: Iterator[ast.AST]) -> set[str]:
    return {
        str(argument.value)
        for node in nodes
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.clause")
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }


def documents() -> Iterator[Document]:
    """Every document of ``docs/compliance`` with the requirements that its line ``Clauses:`` names."""
    for path in sorted((DOCUMENTS / "en").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        chinese = DOCUMENTS / "zh" / path.name
        title_zh = _title(chinese.read_text(encoding="utf-8")) if chinese.exists() else ""
        yield Document(path.name, Text(_title(text), title_zh), answered_by(text))


def answered_by(document: str) -> tuple[str, ...]:
    """The ids on a document's line ``Clauses: 7.1-2, 7.1-3.2`` (``条款：7.1-2、7.1-3.2``)."""
    found = _ANSWERS.search(document)
    return tuple(re.split(r"[,、]\s*", found.group(1).strip())) if found else ()


def _title(document: str) -> str:
    return document.partition("\n")[0].removeprefix("# ").strip()


def _modules(*packages: str) -> Iterator[tuple[str, str]]:
    """File name from the root, and text."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
