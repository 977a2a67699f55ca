"""A run's evidence, as one document; and in a folder: ``run.json`` for programs, ``run.md`` for people.

A clauses report (``standard.dossier``) is drawn from the document, so it holds whatever a verdict rests on: claims,
messages, access records, postings, what the check tables said, and the verification of books and chains at the end.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from scenarios.failures import BrokenSurroundings

if TYPE_CHECKING:
    from scenarios.runner import Result
    from scenarios.world import World


def prepare(folder: Path) -> None:
    """Make the folder and see that it can be written into: asked before minutes are spent on what goes there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        what = error.strerror or type(error).__name__
        raise BrokenSurroundings(f"No report can be written into {folder}: {what}; choose another --report.") from error


def verified(world: World) -> list[dict[str, Any]]:
    """Books, chains and residue of a world whose plays are over, each as a ``Verdict`` says it in both languages."""
    from scenarios.verification import account_numbers, residue, verify_home

    home = world.home
    verdicts = [*verify_home(home), residue(home, world.people, account_numbers(home))]
    return [
        each.facts() | {"suite": world.plan.suite, "name_zh": each.name.zh, "sentence_zh": each.sentence.zh}
        for each in verdicts
    ]


def document(results: Sequence[Result], verifications: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The whole run, of nothing but what JSON can say."""
    whole = {
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "passed": all(each.passed for each in results) and all(each["holds"] for each in verifications),
        "results": [each.facts() | {"evidence": each.evidence} for each in results],
        "verifications": list(verifications),
    }
    plain: dict[str, Any] = json.loads(json.dumps(whole, default=_text))
    return plain


def write(folder: Path, results: Sequence[Result], verifications: Sequence[dict[str, Any]]) -> tuple[Path, Path]:
    """Write both files into a folder that is prepared; answers their paths."""
    whole = document(results, verifications)
    as_json, as_markdown = folder / "run.json", folder / "run.md"
    as_json.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    as_markdown.write_text(_markdown(whole["written_at"], results, verifications))
    return as_json, as_markdown


def _markdown(written_at: object, results: Sequence[Result], verifications: Sequence[dict[str, Any]]) -> str:
    passed = sum(each.passed for each in results)
    lines = ["# Scenarios", "", f"{passed} of {len(results)} passed; written {written_at}.", ""]
    lines += ["| scenario | suite | bank | result | outcome |", "|---|---|---|---|---|"]
    lines += [
        f"| {each.scenario.name} | {each.suite} | {each.mode} | {_word(each)} | {_cell(each.outcome)} |"
        for each in results
    ]
    lines += ["", "Verified at the end, from the files alone:", ""]
    lines += [f"- {each['suite']}, {each['name']}: {_held(each)} ({each['sentence']})" for each in verifications]
    for each in results:
        lines += ["", f"## {each.scenario.name} ({each.suite}, {each.mode})", "", each.scenario.summary_en, ""]
        lines += [f"Clauses: {', '.join(each.scenario.clauses)}", ""]
        lines += [f"- {claim.en}" for claim in each.claims]
        lines += ["", *_messages(each.evidence.get("messages", ()))]
        lines += _records(each.evidence.get("access_records", ()))
    return "\n".join(lines) + "\n"


def _messages(messages: Sequence[dict[str, Any]]) -> list[str]:
    if not messages:
        return []
    rows = [
        f"| {each['method']} {_cell(each['path'])} | {_signed(each)} | {each['request']['sealed_chars']}"
        f" | {each['status']} {each['code'] or ''} | {each['answer']['sealed_chars']} |"
        for each in messages
    ]
    return ["| message | signed by | sealed | answer | sealed |", "|---|---|---|---|---|", *rows, ""]


def _records(records: Sequence[dict[str, Any]]) -> list[str]:
    if not records:
        return []
    rows = [
        f"| {each['serial']} | {each['app_id']} | {each['api_id']} | {each['elapsed_us']} | {each['at_ms']}"
        f" | {each['result']} {each['code'] or ''} |"
        for each in records
    ]
    return ["| serial | App_ID | API_ID | elapsed us | at ms | result |", "|---|---|---|---|---|---|", *rows]


def _signed(message: dict[str, Any]) -> str:
    signature = message["request"]["signature"]
    return signature["keyid"] if signature else "nobody"


def _word(result: Result) -> str:
    return "passed" if result.passed else "FAILED"


def _held(verification: dict[str, Any]) -> str:
    return "holds" if verification["holds"] else "BROKEN"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _text(value: object) -> str:
    """Bytes and whatever else JSON cannot say."""
    return value.hex() if isinstance(value, bytes) else str(value)
