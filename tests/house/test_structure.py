"""The house tidies itself: sizes, names and places that style rules ask for."""

import re
import subprocess
from pathlib import Path

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


def test_no_private_key_lies_in_the_tree() -> None:
    found = subprocess.run(
        ["git", "grep", "-nIE", "--untracked", "BEGIN (EC |RSA |ENCRYPTED )?PRIVATE KEY-----", "--", ":!tests/vectors"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    hits = [line for line in found.stdout.splitlines() if not line.startswith(".pre-commit-config.yaml")]
    assert hits == []
