"""``python -m scenarios.security``: run the tools against throw-away sandboxes, keep the reports, judge what was found.

Exit code 0: nothing open. 1: findings. 3: a tool could not run. Called by ``make security``, which installs the tools.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from scenarios.failures import SandboxError
from scenarios.security import api_fuzzing, ground, page_fuzzing, sql_injection, summary, tls_scan
from scenarios.security.findings import Finding, accepted_findings, judge
from scenarios.signals import terminable
from scenarios.surroundings import surroundings
from scenarios.world import World

BROKEN = 3
_Run = Callable[[World], list[Finding]]


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for and say how it went."""
    asked = _parser().parse_args(arguments)
    reports: Path = asked.reports.absolute()
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    parts, findings = [], []
    try:
        with terminable():
            for name, run in _runs(asked, reports).items():
                if asked.only and name not in asked.only:
                    continue
                print(f"{name} ...", flush=True)
                part, found = _part(name, run)
                print(f"  {part.findings} findings in {part.seconds:.0f} s", flush=True)
                parts.append(part)
                findings += found
    except SandboxError as error:
        print(error, file=sys.stderr)
        return BROKEN
    judged = judge(findings, accepted_findings())
    page = summary.write(reports, parts, judged)
    for finding in judged.open:
        print(f"FOUND by {finding.tool}, {finding.check}: {finding.where}: {finding.what[:400]}")
    print(f"{len(judged.open)} findings open, {len(judged.accepted)} accepted with a reason: {page}")
    return 1 if judged.open else 0


def _runs(asked: argparse.Namespace, reports: Path) -> Mapping[str, _Run]:
    """Every part by name, each in a sandbox of its own, so that none sees what another has left."""
    tools: Path = asked.tools.absolute()
    effort = api_fuzzing.QUICK if asked.quick else api_fuzzing.THOROUGH
    return {
        "api-as-application": lambda world: api_fuzzing.as_application(world, tools, reports, effort, asked.seed),
        "api-as-stranger": lambda world: api_fuzzing.as_stranger(world, tools, reports, effort, asked.seed),
        "tls": lambda world: tls_scan.scan(world, tools, reports),
        "pages": lambda world: page_fuzzing.fuzz(world, reports, quick=asked.quick),
        "sql": lambda world: sql_injection.probe(world, tools, reports, quick=asked.quick),
    }


def _part(name: str, run: _Run) -> tuple[summary.Part, list[Finding]]:
    started_s = time.monotonic()
    with TemporaryDirectory(prefix="bank-sandbox-security-") as folder:
        with ground.sandbox(Path(folder) / "home", surroundings(os.environ).environment) as world:
            found = run(world)
            found += ground.aftermath(world)
    found = list(dict.fromkeys(found))
    return summary.Part(name, time.monotonic() - started_s, len(found)), found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scenarios.security", description=__doc__)
    parser.add_argument("--tools", type=Path, default=Path(".venv-security"), help="virtual environment of the tools")
    parser.add_argument("--reports", type=Path, default=Path("reports/security"), help="folder, emptied first")
    parser.add_argument("--seed", type=int, default=1, help="what schemathesis draws its tests from")
    parser.add_argument("--quick", action="store_true", help="a look, in about a minute")
    parser.add_argument("--only", action="append", metavar="PART", help="this part alone; may be repeated")
    return parser


if __name__ == "__main__":
    sys.exit(main())
