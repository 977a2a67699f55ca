"""Sslyze over every listener: protocols, ciphers, curves, certificates, and the known defects of TLS servers.

Its own judgement is taken (Mozilla's "intermediate" configuration), and three things that this leaves open: that the
certificate holds against the sandbox's authority, that no scan was left unfinished, and HSTS.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from scenarios.failures import BrokenSurroundings
from scenarios.security.findings import Finding
from scenarios.world import World

TOOL = "sslyze"
_LISTENERS = ("gateway", "pages", "wallet", "phone", "portal", "console", "control")
_PATIENCE_S = 300.0
_TRUST_STORE = "Supplied CA file"
_VERDICT = re.compile(r"^ {4}(\S+?:\d+)(?:\{[^}]*\})?: (OK|FAILED|ERROR)", re.MULTILINE)


def scan(world: World, tools: Path, reports: Path) -> list[Finding]:
    """Scan all listeners in one run of the tool; its JSON and its text stay with the reports."""
    names = {
        str(url).removeprefix("https://"): name for name, url in world.addresses.urls().items() if name in _LISTENERS
    }
    folder = reports / "tls"
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        str(tools / "bin" / "sslyze"), "--mozilla_config", "intermediate", "--certinfo", "--http_headers",
        "--certinfo_ca_file", str(world.authority.absolute()), "--json_out", str(folder / "report.json"),
        *(f"{each}{{127.0.0.1}}" for each in names),
    ]  # fmt: skip
    with (folder / "output.txt").open("w", encoding="utf-8") as output:
        subprocess.run(
            command, cwd=folder, stdout=output, stderr=subprocess.DEVNULL, timeout=_PATIENCE_S,
            env={**os.environ, "NO_PROXY": "*"}, check=False,
        )  # fmt: skip
    try:
        report = msgspec.json.decode((folder / "report.json").read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise BrokenSurroundings(f"Sslyze left no report; see {folder / 'output.txt'}.") from error
    text = (folder / "output.txt").read_text(encoding="utf-8")
    return [*read_compliance(text, names), *read_scans(report, names)]


def read_compliance(text: str, names: Mapping[str, str]) -> Iterator[Finding]:
    """The tool's judgement of each listener: one finding for each reason; another where a listener has none."""
    judgement = text.partition("COMPLIANCE AGAINST TLS CONFIGURATION")[2]
    verdicts = list(_VERDICT.finditer(judgement))
    for at, verdict in enumerate(verdicts):
        end = verdicts[at + 1].start() if at + 1 < len(verdicts) else len(judgement)
        where = names.get(verdict[1], verdict[1])
        reasons = re.findall(r"^ +\* (\w+): (.+)$", judgement[verdict.end() : end], re.MULTILINE)
        yield from (Finding(TOOL, check, where, what) for check, what in reasons)
        if verdict[2] != "OK" and not reasons:
            yield Finding(TOOL, "compliance", where, "Not compliant, without a reason that could be read.")
    judged = {verdict[1] for verdict in verdicts}
    yield from (
        Finding(TOOL, "compliance", name, "The listener was not judged.")
        for place, name in names.items()
        if place not in judged
    )


def read_scans(report: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Finding]:
    """Scans that did not finish, certificates that do not hold, and missing HSTS, of the tool's JSON."""
    for server in report["server_scan_results"]:
        location = server["server_location"]
        place = f"{location['hostname']}:{location['port']}"
        where = names.get(place, place)
        for name, scanned in (server["scan_result"] or {}).items():
            if scanned["status"] == "ERROR":
                yield Finding(TOOL, "unfinished", where, f"{name}: {scanned['error_reason']}")
        results = server["scan_result"] or {}
        yield from _certificates(results, where)
        headers = (results.get("http_headers") or {}).get("result")
        if headers is not None and headers["strict_transport_security_header"] is None:
            yield Finding(TOOL, "hsts", where, "No Strict-Transport-Security.")


def _certificates(results: Mapping[str, Any], where: str) -> Iterator[Finding]:
    deployments = ((results.get("certificate_info") or {}).get("result") or {}).get("certificate_deployments", [])
    if not deployments:
        yield Finding(TOOL, "certificate", where, "No certificate was seen.")
    for deployment in deployments:
        verified = [
            each["was_validation_successful"]
            for each in deployment["path_validation_results"]
            if each["trust_store"]["name"] == _TRUST_STORE
        ]
        if verified != [True]:
            yield Finding(TOOL, "certificate", where, "The certificate does not hold against the sandbox's authority.")
