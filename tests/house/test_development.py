"""How the project is made: its coding rules are enforced, and nothing is installed that was not admitted."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

from scenarios.failures import BrokenSurroundings
from scenarios.standard.advisories import findings, read
from scenarios.standard.components import LOCK, Component, bill_of_materials, locked
from tests.house.test_structure import PACKAGES, imported_by, python_files

ROOT = Path(__file__).parents[2]
RUFF = Path(sys.executable).parent / "ruff"
RULES = ROOT / "docs" / "compliance" / "en" / "secure-coding.md"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMPONENTS = {each.name: each for each in locked(LOCK.read_text(encoding="utf-8"))}

FORBIDDEN = {
    "S307": "def run(text: str) -> object:\n    return eval(text)\n",
    "S608": 'def find(db, name):\n    return db.execute(f"SELECT a FROM t WHERE name = {name}")\n',
    "S602": "import subprocess\n\n\ndef run(text):\n    subprocess.run(text, shell=True)\n",
    "S324": "import hashlib\n\n\ndef digest(data):\n    return hashlib.md5(data)\n",
    "S311": "import random\n\n\ndef token():\n    return random.random()\n",
    "S501": "import httpx\n\n\ndef get(url):\n    return httpx.get(url, verify=False)\n",
    "S105": 'password = "hunter2hunter2"\n',
    "S110": "def quiet(run):\n    try:\n        run()\n    except Exception:\n        pass\n",
    "DTZ005": "from datetime import datetime\n\nnow = datetime.now()\n",
}


def complaints(code: str, name: str = "bank_sim/core/written.py") -> set[str]:
    """The rules that the project's own linter finds broken in a file of the bank."""
    command = [str(RUFF), "check", "--no-cache", "--output-format", "concise", "--stdin-filename", name, "-"]
    done = subprocess.run(command, cwd=ROOT, input=code, capture_output=True, text=True, check=False)
    return set(re.findall(r": ([A-Z]+\d+) ", done.stdout))


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.clause("7.1-3.2")
@pytest.mark.parametrize("rule", FORBIDDEN)
def test_code_that_breaks_a_rule_does_not_pass_the_gate(rule: str) -> None:
    assert rule in complaints(FORBIDDEN[rule])


@pytest.mark.clause("7.1-2", "7.1-3.2")
def test_every_rule_that_the_coding_rules_call_enforced_is_enforced() -> None:
    named = set(re.findall(r"`(?:ruff )?([A-Z]{1,3}\d{3})`", RULES.read_text(encoding="utf-8")))

    assert named >= {"S307", "S608", "S324"}
    assert named <= set(FORBIDDEN)


@pytest.mark.clause("7.1-3.2")
def test_the_gate_runs_before_the_tests_and_its_steps_stand_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert re.search(r"^test:.*\blint\b", makefile, re.MULTILINE)
    assert all(f"$(BIN)/{each}" in makefile for each in ("ruff check .", "mypy", "lint-imports"))


@pytest.mark.clause("7.1-4.1")
def test_every_component_is_pinned_with_the_hashes_of_its_files() -> None:
    direct = {normalized(re.split(r"[<>=!\[; ]", each)[0]) for each in PROJECT["dependencies"]}

    assert len(COMPONENTS) > 20
    assert [name for name, each in COMPONENTS.items() if not each.sha256] == []
    assert direct - set(COMPONENTS) == set()
    assert all("--require-hashes" in line for line in _installing((ROOT / "Makefile").read_text(encoding="utf-8")))


def _installing(makefile: str) -> list[str]:
    lines = [line for line in makefile.splitlines() if "pip install" in line and " -r " in line]
    assert lines
    return lines


@pytest.mark.clause("7.1-4.1")
def test_what_is_installed_is_what_was_admitted() -> None:
    installed = {normalized(each.name): each.version for each in distributions()}
    different = {
        name: (each.version, installed[name])
        for name, each in COMPONENTS.items()
        if name in installed and installed[name] != each.version
    }

    assert len(set(COMPONENTS) & set(installed)) > 20
    assert different == {}


@pytest.mark.clause("7.1-4.1")
def test_no_party_imports_what_was_not_admitted() -> None:
    providers = packages_distributions()
    roots = {
        name.partition(".")[0]
        for path in python_files()
        if path.relative_to(ROOT).parts[0] in ("bank_sim", "app_sim", "user_sim")
        for name in imported_by(path)
    }
    foreign = {
        root: names
        for root in roots - set(sys.stdlib_module_names) - set(PACKAGES)
        if (names := {normalized(each) for each in providers.get(root, ["nobody"])}) - set(COMPONENTS)
    }

    # Both are asked for by name, as extras: a browser to watch in, spans for whoever collects them.
    assert set(foreign) <= {"playwright", "opentelemetry"}


@pytest.mark.clause("7.1-4.1")
def test_the_bill_of_materials_names_every_component_with_its_version() -> None:
    bill = bill_of_materials()

    assert {(each["name"], each["version"]) for each in bill["components"]} == {
        (each.name, each.version) for each in COMPONENTS.values()
    }
    assert all(each["purl"].startswith("pkg:pypi/") and each["hashes"] for each in bill["components"])


FLASK = Component("flask", "3.1.2", ())


def advisory(**facts: object) -> dict[str, object]:
    package = {"ecosystem": facts.pop("ecosystem", "PyPI"), "name": facts.pop("name", "Flask")}
    affected = {"package": package} | ({"versions": facts.pop("versions")} if "versions" in facts else {})
    return {"id": "GHSA-test", "summary": "a weakness", "affected": [affected]} | facts


@pytest.mark.clause("7.1-4.2")
@pytest.mark.parametrize(
    ("facts", "concerned"),
    [
        ({"versions": ["3.1.1", "3.1.2"]}, True),
        ({"versions": ["3.1.1", "3.1.20"]}, False),
        ({}, True),
        ({"name": "fla.sk", "versions": ["3.1.2"]}, False),
        ({"ecosystem": "npm", "versions": ["3.1.2"]}, False),
        ({"versions": ["3.1.2"], "withdrawn": "2026-01-01T00:00:00Z"}, False),
    ],
    ids=["this version", "other versions", "ranges only", "another name", "another ecosystem", "withdrawn"],
)
def test_an_advisory_for_a_version_in_use_is_found_until_it_is_updated(
    facts: dict[str, object], concerned: bool
) -> None:
    found = findings([advisory(**facts)], [FLASK, Component("jinja2", "3.1.6", ())])

    assert [(each.advisory, each.component, each.version) for each in found] == (
        [("GHSA-test", "flask", "3.1.2")] if concerned else []
    )
    assert findings([advisory(**facts)], []) == []


@pytest.mark.clause("7.1-4.2")
def test_every_component_that_was_admitted_is_looked_up_whatever_its_spelling() -> None:
    feed = [advisory(name=each.name.upper().replace("-", "_"), versions=[each.version]) for each in COMPONENTS.values()]

    assert [each.component for each in findings(feed, COMPONENTS.values())] == list(COMPONENTS)


def test_a_feed_is_one_advisory_a_list_or_an_answer_of_the_service(tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    for document in (advisory(), [advisory()], {"vulns": [advisory()]}):
        path.write_text(json.dumps(document))
        assert read(path) == [advisory()]
    for wrong in ("{", "{}", "[1]", '{"vulns": 1}'):
        path.write_text(wrong)
        with pytest.raises(BrokenSurroundings, match="no feed"):
            read(path)
