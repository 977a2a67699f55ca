"""Schemathesis over the published description, with all its checks: once as an application, once as a stranger.

As an application it calls through the signing proxy, so that its tests get past authentication to what lies behind. As
a stranger it calls the gateway itself with the document as published, and may get nothing but refusals.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import httpx

from bank_sim.sdk.transport import secure_transport
from scenarios.failures import BrokenSurroundings
from scenarios.security import description, ground
from scenarios.security.findings import Finding
from scenarios.security.plain_listener import DESCRIPTION_PATH, listening
from scenarios.security.signing_proxy import SigningProxy
from scenarios.world import World

TOOL = "schemathesis"
_PATIENCE_S = 300.0
_FOUND = (0, 1)
"""Its exit codes for a run that came to its end."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried. ``phases`` of schemathesis; ``examples`` an operation; ``seconds`` of the whole run."""

    examples: int
    seconds: int
    phases: str = "examples,coverage,fuzzing,stateful"


THOROUGH = Effort(60, 100)
QUICK = Effort(3, 20, "examples,coverage")


def as_application(world: World, tools: Path, reports: Path, effort: Effort, seed: int) -> list[Finding]:
    """Fuzz every operation under the name of an application that a user has let in."""
    with secure_transport(world.authority, None) as wire, ground.admitted(world) as member:
        document = published(world, wire)
        proxy = SigningProxy(ground.speaker(world, member), wire, description.operations(document))
        with listening(proxy) as url:
            proxy.description = description.unsealed(document, url, member.examples)
            found = _run(tools, url + DESCRIPTION_PATH, reports / "api-as-application", effort, seed, ())
        _require_calls(proxy.calls)
        return [*found, *dict.fromkeys(proxy.findings)]


def as_stranger(world: World, tools: Path, reports: Path, effort: Effort, seed: int) -> list[Finding]:
    """Fuzz every operation with no credentials, or invented ones.

    Left out is ``positive_data_acceptance`` alone: that well-formed calls of a stranger are refused is what is wanted.
    """
    url = f"{world.addresses.gateway}{DESCRIPTION_PATH}"
    options = ("--tls-verify", str(world.authority), "--exclude-checks", "positive_data_acceptance")
    return _run(tools, url, reports / "api-as-stranger", effort, seed, options)


def published(world: World, wire: httpx.BaseTransport) -> description.Json:
    """The description as the gateway shows it to everybody."""
    request = httpx.Request("GET", f"{world.addresses.gateway}{DESCRIPTION_PATH}")
    answer = wire.handle_request(request)
    answer.read()
    document: description.Json = answer.json()
    return document


def _require_calls(calls: int) -> None:
    if not calls:
        raise BrokenSurroundings("Schemathesis made no call; see its report.")


def _run(tools: Path, url: str, folder: Path, effort: Effort, seed: int, options: Sequence[str]) -> list[Finding]:
    folder.mkdir(parents=True, exist_ok=True)
    junit = folder / "junit.xml"
    command = [
        str(tools / "bin" / "schemathesis"), "run", url, "--no-color", "--checks", "all",
        "--phases", effort.phases, "--max-examples", str(effort.examples), "--max-time", str(effort.seconds),
        "--seed", str(seed), "--generation-database", "none", "--continue-on-failure", "--warnings", "off",
        "--report", "junit,json,html", "--report-junit-path", str(junit),
        "--report-json-path", str(folder / "report.json"), "--report-html-path", str(folder / "html"), *options,
    ]  # fmt: skip
    with (folder / "output.txt").open("w", encoding="utf-8") as output:
        done = subprocess.run(
            command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, timeout=effort.seconds + _PATIENCE_S,
            env={**os.environ, "NO_PROXY": "*"}, check=False,
        )  # fmt: skip
    if done.returncode not in _FOUND or not junit.exists():
        raise BrokenSurroundings(f"Schemathesis ended with {done.returncode}; see {folder / 'output.txt'}.")
    return list(read_junit(junit.read_text(encoding="utf-8"), folder.name))


def read_junit(text: str, run: str) -> Iterator[Finding]:
    """Each failed check and each error of schemathesis' report: check, operation, what was expected and answered.

    One entry of the report lists several failures, numbered; each begins with the code and title of its check.
    """
    # The report is this run's own, made by the tool that was just started.
    for case in ElementTree.fromstring(text).iter("testcase"):  # noqa: S314
        where = f"{run}: {case.get('name')}"
        for failure in case.iter("failure"):
            for part in (failure.text or "").split("\n- ")[1:]:
                title, _, rest = part.partition("\n")
                what = " ".join(rest.partition("Test Case ID:")[0].split())
                yield Finding(TOOL, title.partition(" ")[2].strip(), where, what or title)
        for error in case.iter("error"):
            yield Finding(TOOL, "error", where, " ".join((error.text or "").split()))
