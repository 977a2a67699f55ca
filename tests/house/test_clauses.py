"""Clause ids stand in three places only (check tables, scenarios, test marks), and each is one of the 232."""

import ast
import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLAUSES = {
    line["id"]
    for line in csv.DictReader((ROOT / "scenarios/standard/clauses.csv").read_text(encoding="utf-8").splitlines())
}


def marked_clauses(path: Path) -> set[str]:
    """The ids in ``@pytest.mark.clause("…")`` of one test file."""
    ids: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.clause"):
            ids |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return ids


def table_clauses(path: Path) -> set[str]:
    """The ids in ``row("name", check, "columns", "clauses …")`` and ``@scenario(clauses=…)`` of one module."""
    ids: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        texts: list[ast.expr] = []
        if name.endswith("row") and len(node.args) == 4:
            texts = [node.args[3]]
        texts += [keyword.value for keyword in node.keywords if keyword.arg == "clauses"]
        for text in texts:
            ids |= {
                word
                for part in ast.walk(text)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
                for word in part.value.split()
            }
    return ids


def test_the_standard_breaks_into_232_requirements() -> None:
    assert len(CLAUSES) == 232


def test_every_clause_that_a_test_names_exists() -> None:
    unknown = {
        str(path.relative_to(ROOT)): sorted(missing)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if (missing := marked_clauses(path) - CLAUSES)
    }
    assert unknown == {}


def test_every_clause_that_a_table_or_scenario_names_exists() -> None:
    unknown = {
        str(path.relative_to(ROOT)): sorted(missing)
        for package in ("bank_sim", "app_sim", "scenarios")
        for path in sorted((ROOT / package).rglob("*.py"))
        if (missing := table_clauses(path) - CLAUSES)
    }
    assert unknown == {}


def test_the_pipeline_answers_clauses() -> None:
    """A guard against an extraction that finds nothing and so cannot fail."""
    assert len(table_clauses(ROOT / "bank_sim/gateway/pipeline.py")) >= 10


def test_clause_ids_look_like_ids() -> None:
    assert all(re.fullmatch(r"[0-9AB][0-9.]*(-[0-9a-z.]+)*", each) for each in CLAUSES)
