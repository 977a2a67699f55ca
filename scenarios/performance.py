"""One performance of the story: starts a world, plays the chapters with a narrator, stops it, verifies what is left."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bank_sim.sdk.protocol.amounts import format_fen
from scenarios import verification
from scenarios.home import Home
from scenarios.narration import Narrator
from scenarios.observe import Bank
from scenarios.passphrase import ephemeral
from scenarios.registry import Suite, scenarios
from scenarios.residues.verdict import verdict
from scenarios.residues.watch import Watch
from scenarios.stage import Stage
from scenarios.story import WORDS, chapters
from scenarios.world import Plan, World, running_world

if TYPE_CHECKING:
    from scenarios.terminal import Terminal

LANGUAGES = {"en": "en", "zh": "zh-CN,zh;q=0.9,en;q=0.5"}


def perform(screen: Terminal, language: str, suite: Suite, home: Path | None, environment: Mapping[str, str]) -> bool:
    """Perform and verify; whether everything held. ``ScenarioFailed`` when a chapter does not go as claimed."""
    started = time.perf_counter()
    screen.line(WORDS["opening"].in_(language), "bold")
    screen.line(WORDS["tap"].in_(language), "dim")
    with _folder(home) as folder:
        plan = Plan(
            home=folder,
            passphrase=ephemeral(),
            suite=suite,
            port_base=0,
            people=3,
            tapped=True,
            environment=environment,
        )
        with screen.busy(WORDS["starting"].in_(language)) as started_up, running_world(plan) as world:
            started_up()
            _introduce(screen, language, world)
            searched = _play(screen, language, world)
        verdicts = [*_verified(Home(folder), world), searched]
        narrator_of(screen, language, world).verdicts(verdicts)
    well = all(each.holds for each in verdicts)
    word = WORDS["well" if well else "not_well"].in_(language)
    screen.line()
    screen.line(f"{word} · {time.perf_counter() - started:.1f} s", "bold green" if well else "bold red")
    screen.line(WORDS["next"].in_(language))
    return well


def narrator_of(screen: Terminal, language: str, world: World) -> Narrator:
    from bank_sim.sdk.protocol.suites import SUITES

    assert world.middlebox is not None
    suite = SUITES[world.plan.suite]
    return Narrator(screen, language, world.middlebox, (suite.signature_algorithm, suite.mac_algorithm))


def _introduce(screen: Terminal, language: str, world: World) -> None:
    """Three processes, each with an address of its own."""
    pids = {each.party.name: str(each.pid) for each in world.parties}
    urls = world.addresses
    rows = (
        ("bank", "bank", f"{urls.gateway}  {urls.pages}"),
        ("wallet", "app", urls.wallet),
        ("phone", "user", urls.phone),
    )
    columns = [WORDS[each].in_(language) for each in ("party", "process", "address")]
    screen.table(columns, [(WORDS[name].in_(language), pids[party], address) for name, party, address in rows])


def _play(screen: Terminal, language: str, world: World) -> verification.Verdict:
    """Every chapter; then, while the parties still run, what lies in their memory and crossed the wire."""
    known, narrator = scenarios(), narrator_of(screen, language, world)
    user, payee, stranger = world.people
    stage = Stage(world, user, payee, stranger, on_visit=narrator.heard, languages=LANGUAGES[language])
    messages: list[str] = []
    try:
        for number, chapter in enumerate(chapters(world.plan.suite), 1):
            narrator.open(number, chapter, known[chapter.scenario])
            stage.claims.clear()
            known[chapter.scenario].play(stage)
            narrator.short_messages(_new(stage, messages))
            narrator.close(chapter, stage.claims)
        return verdict(Watch(world, thorough=True).after(stage))
    finally:
        stage.close()


def _new(stage: Stage, known: list[str]) -> list[str]:
    """The messages that came to the user's phone since last time, oldest first."""
    new = [each for each in reversed(stage.wallet_user().phone.messages()) if each not in known]
    known.extend(new)
    return new


def _verified(home: Home, world: World) -> list[verification.Verdict]:
    """The bank's and the wallet's own records, and that the wallet kept nothing, not even the balances."""
    bank, user = Bank(home), world.people[0]
    balances = [format_fen(bank.balance_fen(each)) for each in bank.account_numbers(user.login_name).values()]
    numbers = verification.account_numbers(home)
    return [*verification.verify_home(home), verification.residue(home, world.people, numbers, balances)]


@contextmanager
def _folder(home: Path | None) -> Iterator[Path]:
    if home is not None:
        yield home
        return
    with TemporaryDirectory(prefix="bank-sandbox-") as folder:
        yield Path(folder) / "home"
