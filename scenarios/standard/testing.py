"""The tests as evidence: which of those that show requirements passed, by the file that pytest writes of a run.

It runs pytest as anybody would, in a process of its own, and believes nothing but that file.
"""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from scenarios.failures import BrokenSurroundings
from scenarios.standard.sources import ROOT

Outcome = Literal["passed", "failed", "skipped"]
_WORST: tuple[Outcome, ...] = ("failed", "passed", "skipped")
_OPTIONS = ("-m", "clause", "-q", "-p", "no:cacheprovider", "--dist", "loadfile", "--no-loadscope-reorder")


def can_run() -> bool:
    """Whether tests and what runs them are installed here; a package alone brings neither."""
    return (ROOT / "tests").is_dir() and all(find_spec(each) is not None for each in ("pytest", "xdist"))


def run_marked(root: Path = ROOT, processes: str = "auto") -> dict[str, Outcome]:
    """Run every test of ``root/tests`` that shows a requirement, on all processors. Minutes for the project's own.

    ``processes``: as pytest-xdist takes them; "0" runs them all in one.

    ``BrokenSurroundings`` where no test ran: nothing was judged then.
    """
    with TemporaryDirectory(prefix="bank-sandbox-") as folder:
        results = Path(folder) / "results.xml"
        workers = ("--numprocesses", processes, "--maxprocesses", "4")
        command = [sys.executable, "-m", "pytest", "tests", *_OPTIONS, *workers, f"--junitxml={results}"]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        found = outcomes(results) if results.exists() else {}
        if not found:
            last = (done.stdout + done.stderr).strip().splitlines()[-1:]
            raise BrokenSurroundings(f"The tests could not be run: {''.join(last)}")
        return found


def outcomes(results: Path) -> dict[str, Outcome]:
    """``tests/part/test_file.py::test_name`` -> how it went, of a file that ``pytest --junitxml`` wrote.

    A test with parameters is as good as its worst one; one of which some were skipped has passed with the others.
    """
    try:
        # The user's own file, of their own pytest.
        cases = list(ET.parse(results).iter("testcase"))  # noqa: S314
    except (OSError, ET.ParseError) as error:
        raise BrokenSurroundings(f"{results} is no file of pytest --junitxml: {error}") from error
    found: dict[str, Outcome] = {}
    for case in cases:
        test, outcome = _named(case), _outcome(case)
        known = found.get(test, outcome)
        found[test] = min(known, outcome, key=_WORST.index)
    return found


def _named(case: ET.Element) -> str:
    """``tests.part.test_file[.TestClass]`` and ``test_name[parameters]`` as a node of pytest, without what varies."""
    module = re.sub(r"\.[A-Z]\w*$", "", case.get("classname", ""))
    return f"{module.replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"


def _outcome(case: ET.Element) -> Outcome:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"
