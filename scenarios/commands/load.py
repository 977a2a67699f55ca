"""``bank-sandbox load``: a rehearsal under load, with verdicts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from scenarios.commands import options

if TYPE_CHECKING:
    from loadtests.load_report import LoadReport
    from loadtests.objectives import Verdict
    from loadtests.rehearsal import Asked
    from scenarios.surroundings import Surroundings
    from scenarios.terminal import Terminal

_COLUMNS = ("profile", "what", "takes", "users", "intents/s")


@click.command("load", short_help="Put a bank under load and judge it: many users, bad clients, floods, faults.")
@click.argument("profile", required=False)
@click.option("--users", type=int, help="Users at most, instead of the profile's number.")
@click.option("--rate", type=float, help="Intents a second of all of them together; a payment is one, and two calls.")
@click.option("--minutes", type=float, help="How long; all of the profile's times are stretched or shortened alike.")
@options.suite
@options.workers
@click.option(
    "--generators", type=click.IntRange(1, 16), default=1, show_default=True, help="Processes of Locust that call."
)
@click.option("--weaken", multiple=True, metavar="NAME", help="Leave a defence out; the verdicts show what it was for.")
@click.option("--objectives", type=click.Path(path_type=Path), help="Objectives of your own, as TOML.")
@click.option("--report", type=click.Path(path_type=Path, file_okay=False), help="Write load.json and load.html there.")
@click.option("--lang", type=click.Choice(["en", "zh"]), help="Language; by default that of your locale.")
@click.option(
    "--by-hand", is_flag=True, help="Prepare only, and say how to start Locust yourself: web interface, workers."
)
@options.as_json
@click.pass_obj
def command(
    surroundings: Surroundings,
    profile: str | None,
    users: int | None,
    rate: float | None,
    minutes: float | None,
    suite: Literal["gm", "intl"],
    workers: int,
    generators: int,
    weaken: tuple[str, ...],
    objectives: Path | None,
    report: Path | None,
    lang: str | None,
    by_hand: bool,
    as_json: bool,
) -> int:
    """Found a bank, have customers consent, let the crowd of PROFILE come; judge speed, failures, books and chains.

    Without PROFILE: lists the profiles. The bank is a throw-away one on free ports of this machine; a sandbox that is
    running is not touched. Exit code 1 when an objective is missed.

    \b
    Examples:
      bank-sandbox load quick
      bank-sandbox load steady --rate 150 --workers 2 --report evidence
      bank-sandbox load noisy-neighbour --weaken quota
      bank-sandbox load soak --minutes 60 --lang zh
      bank-sandbox load ramp --by-hand         and Locust's own web interface
    """
    from loadtests.objectives import OURS
    from loadtests.objectives import objectives as read_objectives
    from loadtests.profiles import plan
    from loadtests.rehearsal import Asked
    from scenarios.report import prepare
    from scenarios.signals import terminable
    from scenarios.terminal import terminal

    screen, language = terminal(), lang or surroundings.language
    if profile is None:
        _list(screen, language)
        return 0
    planned = plan(profile, users, rate, minutes)
    asked = Asked(
        plan=planned,
        wanted=read_objectives(profile, objectives or OURS),
        suite=suite,
        workers=workers,
        generators=generators,
        weakened=frozenset(weaken),
    )
    if report is not None:
        prepare(report)
    with terminable():
        if by_hand:
            return _by_hand(screen, asked, surroundings, language)
        found = _rehearsed(screen, asked, surroundings, language, quiet=as_json)
    written = found.write(report, language) if report is not None else ()
    if as_json:
        click.echo(json.dumps(found.document(), indent=2, ensure_ascii=False))
    else:
        _tell(screen, found, language, written)
    return 0 if found.well else 1


def _rehearsed(screen: Terminal, asked: Asked, surroundings: Surroundings, language: str, *, quiet: bool) -> LoadReport:
    from loadtests.following import followed
    from loadtests.rehearsal import Heard, rehearse

    if quiet:
        return rehearse(asked, surroundings.environment, Heard(lambda _: None, lambda _: None))
    screen.heading(f"{asked.plan.name}: {asked.plan.profile.title.in_(language)}")
    with followed(screen, asked.plan, language) as second:
        return rehearse(asked, surroundings.environment, Heard(lambda step: screen.line(f"{step} …"), second))


def _tell(screen: Terminal, found: LoadReport, language: str, written: Sequence[Path]) -> None:
    from loadtests.load_report import CALL_COLUMNS
    from loadtests.load_words import WORDS

    def word(name: str) -> str:
        return WORDS[name].in_(language)

    screen.heading(word("who"))
    # The median and the slowest of a hundred are in the report: a terminal has eighty columns.
    shown = [index for index, each in enumerate(CALL_COLUMNS) if each.en not in ("p50 ms", "p99 ms")]
    columns = [CALL_COLUMNS[index].in_(language) for index in shown]
    screen.table(columns, ([row[index] for index in shown] for row in found.rows(language)))
    generator, bank = found.calls_per_cpu_s
    screen.line(f"{word('generator')}: {generator:.0f}; {word('bank')}: {bank:.0f}")
    screen.line(word("note"))
    if found.busy:
        screen.warning(f"{word('busy')} ({found.others_percent:.0f} %)")
    screen.heading(word("objectives"))
    _judged(screen, found.verdicts, language)
    for each in written:
        screen.line(str(each))
    if not found.well:
        screen.warning(word("missed"))


def _list(screen: Terminal, language: str) -> None:
    from loadtests.profiles import profiles

    rows = [
        (name, each.title.in_(language), f"{each.seconds:.0f} s", str(each.users), f"{each.intents_per_s:g}")
        for name, each in profiles().items()
    ]
    columns = ("配置", "说明", "时长", "用户数", "意图/秒") if language == "zh" else _COLUMNS
    screen.table(columns, rows)


def _by_hand(screen: Terminal, asked: Asked, surroundings: Surroundings, language: str) -> int:
    """Everything but Locust: a bank, consents, and the commands; until Ctrl-C."""
    from loadtests.by_hand import by_hand

    verdicts = by_hand(asked, surroundings.environment, screen.line)
    _judged(screen, verdicts, language)
    return 0 if all(each.holds for each in verdicts) else 1


def _judged(screen: Terminal, verdicts: Sequence[Verdict], language: str) -> None:
    from loadtests.load_words import WORDS

    rows = [
        (
            WORDS["holds" if each.holds else "broken"].in_(language),
            each.says.in_(language),
            each.asked.in_(language),
            each.found.in_(language),
        )
        for each in verdicts
    ]
    screen.table([WORDS[each].in_(language) for each in ("verdict", "objective", "asked", "found")], rows)
