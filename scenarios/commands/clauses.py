"""``bank-sandbox clauses``: what answers each requirement of the standard, and a report of it for the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.runner import Result
    from scenarios.standard.clauses import Clause
    from scenarios.standard.evidence import Evidence
    from scenarios.surroundings import Surroundings


@click.command("clauses", short_help="Say what answers each clause of the standard; report it with evidence.")
@click.argument("clause", required=False)
@options.as_json
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write an HTML report with a verdict for each clause and the evidence behind it; plays and tests first.",
)
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="With --report: take the plays of this `run --report DIR` instead of playing now.",
)
@click.option(
    "--tests",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --report: take the tests of this `pytest --junitxml=FILE` instead of running them now.",
)
@click.option(
    "--advisories",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --report: match this feed of advisories (OSV) with the components; one that concerns them is a failure.",
)
@click.option("--no-tests", is_flag=True, help="With --report: judge by plays alone.")
@click.option(
    "--check",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Recompute the hash of a report's data. Exit code 1 where it does not fit.",
)
@click.pass_obj
def command(
    surroundings: Surroundings,
    clause: str | None,
    as_json: bool,
    report: Path | None,
    folder: Path | None,
    tests: Path | None,
    advisories: Path | None,
    no_tests: bool,
    check: Path | None,
) -> int:
    """Say for each clause of JR/T 0185-2020 where it is built, what shows it, what attacks it, or why nothing does.

    CLAUSE is the id of one requirement, or the beginning of several: 9.3.2-2, 9.3.2, 11, B.
    Exit code 1 where a report holds a clause that failed or is open, books or chains that do not hold, or an advisory.

    \b
    Examples:
      bank-sandbox clauses
      bank-sandbox clauses 7.2.2-2.1
      bank-sandbox clauses 9.3 --json
      bank-sandbox clauses --report clauses.html           plays and tests everything first: minutes
      bank-sandbox clauses --report clauses.html --from reports --no-tests
    """
    if report is None and (no_tests or any(each is not None for each in (folder, tests, advisories))):
        raise click.UsageError("--from, --tests, --advisories and --no-tests go with --report.")
    if tests is not None and no_tests:
        raise click.UsageError("Either --tests FILE or --no-tests.")
    if sum(each is not None for each in (clause, report, check)) > 1:
        raise click.UsageError("One thing at a time: a CLAUSE, --report or --check.")
    if check is not None:
        return _check(check)
    if report is not None:
        resting_on = _evidence(report, folder, tests, advisories, no_tests, surroundings)
        return _report(report, resting_on, surroundings.language, as_json)
    _show(clause, surroundings.language, as_json)
    return 0


def _check(path: Path) -> int:
    from scenarios.standard.page import holds

    held = holds(path)
    click.echo(f"{path}: the data is {'what its hash was taken of' if held else 'NOT what its hash was taken of'}")
    return 0 if held else 1


def _show(named: str | None, language: str, as_json: bool) -> None:
    from scenarios.standard.clauses import clauses, within
    from scenarios.standard.dossier import entry

    found = within(named) if named is not None else list(clauses().values())
    if as_json:
        entries = [entry(each) for each in found]
        click.echo(json.dumps(entries[0] if named in clauses() else entries, ensure_ascii=False))
    elif len(found) == 1:
        _one(entry(found[0]), language)
    else:
        _table(found, language)


def _table(found: list[Clause], language: str) -> None:
    from collections import Counter

    from scenarios.standard.answers import answers_to, standing
    from scenarios.terminal import terminal

    rows = []
    for each in found:
        answered = answers_to(each)
        counts = (len(answered.checks), len(answered.plays), len(answered.tests), len(answered.documents))
        rows.append((each.clause_id, standing(each), *(str(n or "") for n in counts), each.summary.in_(language)))
    screen = terminal()
    screen.table(("clause", "stands", "checks", "plays", "tests", "docs", "what it asks"), rows)
    counted = Counter(row[1] for row in rows)
    screen.line(", ".join(f"{number} {name}" for name, number in counted.most_common()) + f" of {len(rows)}")


def _one(found: dict[str, Any], language: str) -> None:
    from scenarios.standard.lines import lines_of

    for line in lines_of(found, language):
        click.echo(line)


def _evidence(
    report: Path,
    folder: Path | None,
    tests: Path | None,
    advisories: Path | None,
    no_tests: bool,
    surroundings: Surroundings,
) -> Evidence:
    """What the report rests on: taken from files where they are named, else made now."""
    from scenarios.standard import evidence, testing
    from scenarios.standard.advisories import findings
    from scenarios.standard.advisories import read as read_feed
    from scenarios.standard.components import admitted

    if not report.absolute().parent.is_dir():
        raise click.UsageError(f"There is no folder {report.absolute().parent}.")
    outcomes = testing.outcomes(tests) if tests is not None else None
    found = findings(read_feed(advisories), admitted()) if advisories is not None else None
    run = evidence.read(folder) if folder is not None else _played(surroundings)
    if outcomes is None and not no_tests and testing.can_run():
        click.echo("Running the tests that show clauses; --no-tests leaves them out.", err=True)
        outcomes = testing.run_marked()
    return evidence.Evidence(run, outcomes, found)


def _played(surroundings: Surroundings) -> dict[str, Any]:
    """Every scenario, each attack a second time without its defence, with books and chains verified at the end."""
    from scenarios.registry import chosen
    from scenarios.report import document, verified
    from scenarios.runner import play_all
    from scenarios.signals import terminable

    scenarios = chosen(())
    click.echo(
        f"Playing {len(scenarios)} scenarios, attacks also without their one defence; --from takes a run.", err=True
    )
    verifications: list[dict[str, Any]] = []
    with terminable():
        results = play_all(
            scenarios,
            prove=True,
            environment=surroundings.environment,
            heard=_tell,
            trace=True,
            played=lambda world: verifications.extend(verified(world)),
        )
    return document(results, verifications)


def _tell(result: Result) -> None:
    word = "passed" if result.passed else "FAILED"
    click.echo(f"{word}  {result.scenario.name} ({result.suite}, {result.mode})", err=True)


def _report(path: Path, evidence: Evidence, language: str, as_json: bool) -> int:
    from scenarios.standard.dossier import VERDICTS, canonical, digest, dossier
    from scenarios.standard.page import html

    data = dossier(evidence)
    path.write_text(html(data, language), encoding="utf-8")
    click.echo(f"Wrote {path}", err=True)
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        counts = ", ".join(f"{data['counts'][each]} {each}" for each in VERDICTS if each in data["counts"])
        click.echo(f"{counts} of {len(data['clauses'])} clauses; SHA-256 of the data {digest(canonical(data))}")
    held = all(each["holds"] for each in data["verifications"])
    red = {"failed", "open"} & set(data["counts"]) or data["advisories"]
    return 0 if held and not red else 1
