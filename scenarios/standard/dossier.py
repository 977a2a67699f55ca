"""The report's data: each requirement with its verdict and the evidence behind it, and a hash over all of it.

A verdict follows from sources and evidence alone:

    failed      a play or a test that stands for the requirement did not hold
    shown       every play that stands for it held, and so did its tests, where tests were run
    tested      it has no play; its tests ran and passed
    documented  the standard asks for a document alone, and it is there
    excepted    nothing shows it, and a reason is written down
    unjudged    something would show it, and was not part of this run
    open        nothing answers it, and nobody says why
"""

from __future__ import annotations

import hashlib
import json
import platform
import ssl
from collections import Counter
from importlib.metadata import version
from typing import Any, Literal, get_args

from scenarios.standard.answers import Answers, answers_to, attack_scenario, standing
from scenarios.standard.clauses import Clause, clauses
from scenarios.standard.components import bill_of_materials
from scenarios.standard.evidence import Evidence
from scenarios.standard.sources import PARTIES, ROOT
from scenarios.texts import Text
from scenarios.theatre.check_words import check_text

Verdict = Literal["failed", "shown", "tested", "documented", "excepted", "unjudged", "open"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
REFUSALS_SHOWN = 3
_RECORD = (
    "serial", "trace_id", "at_ms", "app_id", "api_id", "method", "path", "elapsed_us", "result", "status", "code",
    "key_id", "content_digest",
)  # fmt: skip


def dossier(evidence: Evidence) -> dict[str, Any]:
    """All that a report says, of nothing but what JSON can say; texts are ``{"en": …, "zh": …}``."""
    judged = [_judged(each, evidence) for each in clauses().values()]
    return {
        "standard": "JR/T 0185-2020",
        "written_at": evidence.run["written_at"],
        "versions": versions(),
        "components": bill_of_materials(),
        "advisories": None if evidence.findings is None else [each.facts() for each in evidence.findings],
        "counts": dict(Counter(each["verdict"] for each in judged)),
        "tests_run": None if evidence.tests is None else dict(Counter(evidence.tests.values())),
        "verifications": evidence.verifications,
        "clauses": judged,
        "plays": [_play(each) for each in evidence.run["results"]],
    }


def verdict(clause: Clause, evidence: Evidence) -> Verdict:
    """How a requirement stands after this run, as the table above says."""
    answered = answers_to(clause)
    plays = [play["passed"] for each in answered.plays for play in evidence.plays.get(each.name, ())]
    tests = [(evidence.tests or {}).get(each) for each in answered.tests]
    if False in plays or "failed" in tests:
        return "failed"
    if plays or "passed" in tests:
        return "shown" if plays else "tested"
    stands = standing(clause)
    return "unjudged" if stands == "shown" else stands


def canonical(data: dict[str, Any]) -> str:
    """The data as a report carries it: a line of JSON that may stand in HTML as it is. This text is what is hashed."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def digest(text: str) -> str:
    """SHA-256 of the data's text, as ``sha256sum`` prints it."""
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str]:
    """What ran, exactly: releases, and one hash over every source file of the parties and of the scenarios."""
    return {
        "bank-api-sandbox": version("bank-api-sandbox"),
        "Python": platform.python_version(),
        "OpenSSL": ssl.OPENSSL_VERSION,
        "cryptography": version("cryptography"),
        "SQLite": _sqlite(),
        "machine": f"{platform.system()} {platform.machine()}",
        "sources_sha256": _sources_sha256(),
    }


def _sqlite() -> str:
    import sqlite3

    return sqlite3.sqlite_version


def _sources_sha256() -> str:
    """Over the lines ``sha256  path`` of all of them in the order of their paths, as ``sha256sum`` writes them."""
    files = sorted(path for each in (*PARTIES, "scenarios") for path in (ROOT / each).rglob("*.py"))
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT).as_posix()}\n" for path in files
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def entry(clause: Clause) -> dict[str, Any]:
    """A requirement and what answers it by the sources alone: what ``clauses ID --json`` prints."""
    answered = answers_to(clause)
    return {
        "id": clause.clause_id,
        "chapter": clause.chapter,
        "section": clause.section,
        "obliged": clause.obliged.split("+"),
        "kind": clause.kind,
        "level": clause.level,
        "summary": _both(clause.summary),
        "standing": standing(clause),
        "built": {
            "checks": [
                {"row": row, "file": file, "asks": _both(check_text(row))} for row, file in answered.checks.items()
            ],
            "code": answered.where(clause),
            "pages": answered.pages,
        },
        "shown": {
            "plays": [{"name": each.name, "kind": each.kind} for each in answered.plays],
            "tests": answered.tests,
            "documents": [{"file": each.file, "title": _both(each.title)} for each in answered.documents],
        },
        "attacked": _attacked(answered),
        "exception": _exception(answered),
    }


def _attacked(answered: Answers) -> list[dict[str, Any]]:
    found = []
    for each in answered.attacks:
        scenario = attack_scenario(each)
        found.append({"attack": each.attack_id, "name": _both(each.name), "play": scenario.name if scenario else None})
    return found


def _exception(answered: Answers) -> dict[str, Any] | None:
    excepted = answered.exception
    return None if excepted is None else {"because": excepted.because, "reason": _both(excepted.reason)}


def _judged(clause: Clause, evidence: Evidence) -> dict[str, Any]:
    """The entry of a requirement, with its verdict and what the run says of everything in it."""
    found = entry(clause)
    found["verdict"] = verdict(clause, evidence)
    for check in found["built"]["checks"]:
        row = evidence.checks.get(check["row"], {"held": 0, "refused": 0, "refusals": []})
        check |= {"held": row["held"], "refused": row["refused"], "refusals": row["refusals"][:REFUSALS_SHOWN]}
    for play in found["shown"]["plays"]:
        played = evidence.plays.get(play["name"], ())
        play["results"] = [{"suite": each["suite"], "mode": each["mode"], "passed": each["passed"]} for each in played]
    outcomes = evidence.tests or {}
    found["shown"]["tests"] = [{"test": each, "outcome": outcomes.get(each)} for each in found["shown"]["tests"]]
    return found


def _play(result: dict[str, Any]) -> dict[str, Any]:
    """A play as the report keeps it: what held, and the access records, each with who signed what."""
    evidence = result["evidence"]
    return {
        **{name: result[name] for name in ("name", "kind", "suite", "mode", "passed", "outcome", "seconds", "clauses")},
        "claims": [{"en": en, "zh": zh} for en, zh in zip(result["claims"], result["claims_zh"], strict=True)],
        "records": [{name: record.get(name) for name in _RECORD} for record in evidence["access_records"]],
        "postings": evidence["postings"],
        "messages": len(evidence["messages"]),
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
