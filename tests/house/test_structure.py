"""The house tidies itself: sizes, names and places that style rules ask for."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bank_sim", "app_sim", "user_sim", "scenarios", "loadtests")
LINES_MAX = 400


def python_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).exists()]


def test_no_module_has_grown_past_its_one_concept() -> None:
    large = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if (lines := len(path.read_text().splitlines())) > LINES_MAX
    }
    assert large == {}


def test_nothing_is_called_util_helper_manager_or_misc() -> None:
    vague = re.compile(r"(util|helper|manager|misc)", re.IGNORECASE)
    assert [path.name for path in python_files() if vague.search(path.stem)] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.relative_to(ROOT).parts[0] in PACKAGES
        and path.read_text().strip()
        and not re.match(r'(?:#.*\n)*\s*(?:r|R)?"""', path.read_text())
    ]
    assert silent == []


def test_money_is_never_a_fraction() -> None:
    """Fen become yuan by ``format_fen`` and ``parse_fen``, not by a division that leaves the integers."""
    divided = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files()
        if path.relative_to(ROOT).parts[0] in PACKAGES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        if isinstance(node.right, ast.Constant) and node.right.value in (100, 100.0)
    ]
    assert divided == []


def test_the_contract_names_exactly_those_modules_outside_the_bank_that_use_its_sdk() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = [each for each in contracts if each["name"] == "Parties meet at the SDK"]
    users = {
        _door(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
        for path in python_files()
        if path.relative_to(ROOT).parts[0] in contract["source_modules"]
        if any(name.split(".")[0] == "bank_sim" for name in imported_by(path))
    }
    assert sorted(contract["ignore_imports"]) == [f"{each} -> bank_sim.sdk.**" for each in sorted(users)]


def _door(module: str) -> str:
    """The wallet's door to the bank is a package: itself, and whatever is in it."""
    return "app_sim.bank.*" if module.startswith("app_sim.bank.") else module


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.clause("7.3.4-2.1")
def test_no_private_key_lies_in_the_tree() -> None:
    found = subprocess.run(
        ["git", "grep", "-nIE", "--untracked", "BEGIN (EC |RSA |ENCRYPTED )?PRIVATE KEY-----", "--", ":!tests/vectors"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    hits = [line for line in found.stdout.splitlines() if not line.startswith(".pre-commit-config.yaml")]
    assert hits == []


def test_what_the_pages_show_comes_along_when_the_project_is_installed() -> None:
    """Templates, styles, texts and tables are package data; the sources of the keypad are not, what is built is."""
    globs = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    data = [Path(line) for line in listed.stdout.splitlines() if not line.endswith(".py") and (ROOT / line).exists()]
    left_behind = [
        str(path)
        for path in data
        if not path.is_relative_to("bank_sim/sdk/browser/keypad")
        and not any(_takes(package, patterns, path) for package, patterns in globs.items())
    ]

    assert len(data) > 50
    assert left_behind == []


def _takes(package: str, patterns: list[str], path: Path) -> bool:
    """Whether setuptools packs a file: patterns start from a folder above it, and ``*`` stays within a folder."""
    places = [path.relative_to(folder) for folder in path.parents if package in ("*", ".".join(folder.parts))]
    return any(place.match(each) and len(place.parts) == len(Path(each).parts) for place in places for each in patterns)


def test_the_map_of_figure_2_names_every_part_of_the_bank() -> None:
    text = ast.get_docstring(ast.parse((ROOT / "bank_sim/__init__.py").read_text())) or ""
    parts = {
        path.stem for path in (ROOT / "bank_sim").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert parts - {"__init__", "bank"} - set(re.findall(r"\w+", text)) == set()
