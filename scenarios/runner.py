"""Plays scenarios and judges them: one world for each suite, one fresh customer for each play.

An attack is judged by three witnesses: the bank's answer, its access record, and its books. Proving an attack means
leaving out the one defence that it names and seeing the very same attack succeed; then the bank is made whole again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from scenarios import judgements, snapshotting
from scenarios.browsers import Window, browsers_of
from scenarios.failures import ScenarioFailed
from scenarios.observe import Mark
from scenarios.passphrase import ephemeral
from scenarios.registry import Defence, Scenario, Suite
from scenarios.stage import Attempt, Moment, Stage
from scenarios.texts import Text
from scenarios.verification import yuan
from scenarios.world import Plan, World, running_world
from user_sim.driver import LANGUAGES

if TYPE_CHECKING:
    from scenarios.residues.search import Findings
    from scenarios.residues.watch import Watch
    from user_sim.browser import Opener
    from user_sim.people import Person

Mode = Literal["whole", "weakened"]
BETWEEN_PLAYS_S = 600
BEFORE_A_LIFE = "before-a-life"
# Whoever waits for a bound of the bank's to be passed waits for it in earnest: no virtual clock moves a connection.
WITHIN_A_PLAY = {"body_timeout_s": 1, "source_failures_max": 100}
PAYEE, STRANGER, BYSTANDER, FIRST_USER = 0, 1, 2, 3


@dataclass(slots=True)
class Result:
    """How one play ended. ``mode``: at the whole bank, or without the attack's one defence.

    ``residues``: what was searched for after it, and found; None where nobody looked.
    """

    scenario: Scenario
    suite: str
    mode: Mode
    passed: bool = False
    seconds: float = 0.0
    outcome: str = ""
    claims: list[Text] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)
    residues: Findings | None = None

    def facts(self) -> dict[str, Any]:
        """The result as ``run --json`` prints it."""
        return {
            "name": self.scenario.name,
            "kind": self.scenario.kind,
            "suite": self.suite,
            "mode": self.mode,
            "passed": self.passed,
            "outcome": self.outcome,
            "seconds": round(self.seconds, 2),
            "clauses": list(self.scenario.clauses),
            "claims": [each.en for each in self.claims],
            "claims_zh": [each.zh for each in self.claims],
            "residues": self.residues.facts() if self.residues else None,
        }


def play_all(
    scenarios: Sequence[Scenario],
    *,
    prove: bool,
    environment: Mapping[str, str],
    heard: Callable[[Result], None] = lambda _: None,
    window: Window | None = None,
    trace: bool = False,
    played: Callable[[World], None] = lambda _: None,
) -> list[Result]:
    """Play the scenarios in every suite they name; ``heard`` is told of each result as it comes.

    ``window``: the users have a real browser; None for plain HTTP ones. ``trace`` as in ``Plan``; ``played`` is shown
    each world after its last play.
    """
    from scenarios.residues.watch import Watch

    results: list[Result] = []
    for suite in dict.fromkeys(suite for each in scenarios for suite in each.suites):
        chosen = [each for each in scenarios if suite in each.suites]
        plays = len(chosen) + (sum(each.defence is not None for each in chosen) if prove else 0)
        with scenario_world(suite, plays, environment, trace=trace) as world, browsers_of(world, window) as browsers:
            theatre = Theatre(world, browsers, watch=Watch(world, thorough=True))
            for scenario in chosen:
                for mode in theatre.modes(scenario, prove=prove):
                    results.append(theatre.play(scenario, mode))
                    heard(results[-1])
            played(world)
    return results


@contextmanager
def scenario_world(suite: Suite, plays: int, environment: Mapping[str, str], *, trace: bool = False) -> Iterator[World]:
    """A throw-away world with a tap on the gateway and a customer for each play; ``trace`` as in ``Plan``."""
    with TemporaryDirectory(prefix="bank-sandbox-") as folder:
        plan = Plan(
            home=Path(folder) / "home",
            passphrase=ephemeral(),
            suite=suite,
            port_base=0,
            people=FIRST_USER + plays,
            tapped=True,
            trace=trace,
            bounds=WITHIN_A_PLAY,
            environment=environment,
        )
        with running_world(plan) as world:
            yield world


class Theatre:
    """Plays one scenario after the other in a world, each with a customer nobody played before.

    ``browsers`` opens the users' browsers; None for plain HTTP ones. ``languages``: what they prefer to read.
    ``watch`` searches after each play for what it left where; None where nobody is to look.
    """

    def __init__(
        self,
        world: World,
        browsers: Opener | None = None,
        languages: str = LANGUAGES,
        watch: Watch | None = None,
    ) -> None:
        self.world = world
        self._watch = watch
        self._languages = languages
        self._browsers = browsers
        self._users: Iterator[Person] = iter(world.people[FIRST_USER:])

    @staticmethod
    def modes(scenario: Scenario, *, prove: bool) -> tuple[Mode, ...]:
        return ("whole", "weakened") if prove and scenario.defence is not None else ("whole",)

    def play(self, scenario: Scenario, mode: Mode = "whole") -> Result:
        """Play and judge; a scenario's failure is a result, a broken world is an exception.

        A world that aged by it is put back afterwards.
        """
        if not scenario.ages:
            return self._played(scenario, mode)
        home = self.world.home.path
        snapshotting.take(home, BEFORE_A_LIFE)
        try:
            return self._played(scenario, mode)
        finally:
            snapshotting.put_back(home, BEFORE_A_LIFE)

    def _played(self, scenario: Scenario, mode: Mode) -> Result:
        result = Result(scenario, self.world.plan.suite, mode)
        started = time.perf_counter()
        # What rests between two codes or two failures has passed when the next customer comes.
        self.world.control.advance(BETWEEN_PLAYS_S)
        stage, traced = self.stage(), judgements.newest(self.world.home)
        try:
            with self._weakened(scenario, mode):
                attempt = scenario.play(stage)
            result.outcome = _judged(stage, scenario, mode, attempt)
            result.passed = True
        except Exception as error:
            self.world.require_alive()
            result.outcome = str(error) if isinstance(error, ScenarioFailed) else f"{type(error).__name__}: {error}"
        finally:
            result.seconds = time.perf_counter() - started
            # Before the play tidies up after itself: what lay somewhere for a moment could be taken from there.
            findings = self._watch.after(stage) if self._watch is not None else None
            stage.close()
        result.claims, result.moments = stage.claims, stage.moments
        result.evidence = evidence_of(stage) | {"checks": judgements.since(self.world.home, traced)}
        if findings is not None:
            _judge_residues(result, findings)
        return result

    def stage(self) -> Stage:
        """A stage with the next customer; whoever asks for it closes it."""
        people = self.world.people
        return Stage(
            self.world,
            next(self._users),
            people[PAYEE],
            people[STRANGER],
            languages=self._languages,
            browsers=self._browsers,
            bystander=people[BYSTANDER],
        )

    @contextmanager
    def _weakened(self, scenario: Scenario, mode: Mode) -> Iterator[None]:
        if mode == "whole" or scenario.defence is None:
            yield
            return
        before = self.world.control.weakened()["names"]
        self.world.control.weaken([*before, scenario.defence.row])
        try:
            yield
        finally:
            self.world.control.weaken(before)


def _judge_residues(result: Result, findings: Findings) -> None:
    """What lies where it must not fails the play; without its one defence, a party may have been made to spill it."""
    result.residues = findings
    if findings.residues and result.mode == "whole":
        more = f" and {len(findings.residues) - 1} more" if len(findings.residues) > 1 else ""
        earlier = "" if result.passed else f"; before that: {result.outcome}"
        result.outcome = f"residue: {findings.residues[0]}{more}{earlier}"
        result.passed = False


def _judged(stage: Stage, scenario: Scenario, mode: Mode, attempt: Attempt | None) -> str:
    """One sentence on how it ended, or ``ScenarioFailed``."""
    if scenario.defence is None:
        if not stage.claims:
            raise ScenarioFailed("nothing was claimed")
        return f"{len(stage.claims)} claims hold; {stage.claims[-1]}"
    if attempt is None or stage.attack_mark is None:
        raise ScenarioFailed("the attack never began")
    judge = _judge_refusal if mode == "whole" else _judge_success
    return judge(stage, scenario.defence, stage.attack_mark, attempt)


def _judge_refusal(stage: Stage, defence: Defence, mark: Mark, attempt: Attempt) -> str:
    """Refused with the expected status and code, recorded as such, nothing read, and no money moved."""
    answer = f"{attempt.status} {attempt.code}"
    refused = Text(f"refused with {defence.status} {defence.code}", f"被拒绝：{defence.status} {defence.code}")
    stage.require((attempt.status, attempt.code) == (defence.status, defence.code), refused, answer)
    stage.require(attempt.read is None, Text("the attacker read nothing", "攻击者未读到任何数据"), attempt.read)
    serial = _recorded(stage, defence, mark)
    if defence.alarm:
        _require_alarm(stage, defence.alarm)
    moved = sum(each.amount_fen for each in stage.bank.postings_since(mark))
    rightly = Text("nothing moved in the books but what may", "账务中除应有的变动外未发生任何变动")
    unchanged = rightly if attempt.entitled_fen else Text("the books are unchanged", "账务未变")
    stage.require(moved == attempt.entitled_fen, unchanged, moved)
    return f"refused: {answer}, recorded as serial {serial}, {unchanged.en}"


def _require_alarm(stage: Stage, rule: str) -> None:
    # What the watch makes of the newest records is raised before the clock's move is answered.
    stage.advance(1)
    struck = stage.bank.alarms_struck(stage.attack_ms)
    stage.require(rule in struck, Text(f"the bank raised the alarm {rule}", f"银行触发了告警{rule}"), struck)


def _recorded(stage: Stage, defence: Defence, mark: Mark) -> int:
    """Whoever refused has a record of it, with this code; its serial number."""
    if defence.witness == "wallet":
        found = [each for each in stage.wallet.records_since(stage.wallet_mark) if each["code"] == defence.code]
        kept = Text("the wallet's journal records the refusal, with this code", "钱包日志以该代码记录了拒绝")
        stage.require({each["result"] for each in found} == {"failure"}, kept, found)
        return int(found[0]["seq"])
    if defence.witness == "partner":
        codes = [each.code for partner in stage.partners for each in partner.calls]
        noted = Text("the application's own log holds the refusal, with this code", "应用方自身日志以该代码记录了拒绝")
        stage.require(defence.code in codes, noted, codes)
        return codes.index(defence.code) + 1
    if defence.status == HTTPStatus.ACCEPTED:
        return _recorded_as_held(stage, mark)
    records = [each for each in stage.bank.records_since(mark) if each["code"] == defence.code]
    recorded = Text("the access log records the failure, with this code", "访问日志以该代码记录了失败")
    outcomes = {(each["result"], each["status"]) for each in records}
    stage.require(outcomes == {("failure", defence.status)}, recorded, outcomes)
    return int(records[0]["serial"])


def _recorded_as_held(stage: Stage, mark: Mark) -> int:
    """A payment that waits for the bank's review is no failure: it is taken, and not carried out."""
    held = [each for each in stage.bank.records_since(mark) if each["status"] == HTTPStatus.ACCEPTED]
    kept = Text("the access log records that it was taken and not carried out", "访问日志记录已受理、未入账")
    stage.require(bool(held), kept)
    return int(held[0]["serial"])


def _judge_success(stage: Stage, defence: Defence, mark: Mark, attempt: Attempt) -> str:
    """Without the defence the attacker gets what they came for, and the access log says that the bank was weakened."""
    answer = f"{attempt.status} {attempt.code or ''}".strip()
    if defence.prize == "trust":
        stage.require(attempt.read is not None, Text("the forgery was believed", "伪造内容被采信"), answer)
        return f"without {defence.row} the attacker wins {attempt.read}"
    if defence.prize == "evidence":
        stage.require(attempt.read is not None, Text("the evidence is gone", "证据已灭失"), answer)
        return f"without {defence.row} the attacker is rid of {attempt.read}"
    if defence.witness == "bank":
        _require_marked(stage, defence, mark)
    return _won(stage, defence, mark, attempt, answer)


def _require_marked(stage: Stage, defence: Defence, mark: Mark) -> None:
    marked = Text(f"the records say: weakened by {defence.row}", f"记录标明已削弱：{defence.row}")
    weakened = [each["weakened"].split() for each in stage.bank.records_since(mark)]
    stage.require(any(defence.row in each for each in weakened), marked)


def _won(stage: Stage, defence: Defence, mark: Mark, attempt: Attempt, answer: str) -> str:
    """Money, service or data."""
    if defence.prize == "money":
        moved = sum(each.amount_fen for each in stage.bank.postings_since(mark)) - attempt.entitled_fen
        stage.require(moved > 0, Text("money moved", "资金被转移"), answer)
        return f"without {defence.row} the attack moves {yuan(moved)} CNY"
    if defence.prize == "service":
        stage.require(attempt.read is not None, Text("others were kept from their service", "他人的服务受阻"), answer)
        return f"without {defence.row} the attacker takes away {attempt.read}"
    stage.require(attempt.read is not None, Text("data was read", "数据被读取"), answer)
    return f"without {defence.row} the attacker reads {attempt.read}"


def evidence_of(stage: Stage) -> dict[str, Any]:
    """What a report keeps of a play: the messages on the wire, the access records, the postings."""
    return {
        "messages": [each.evidence() for each in stage.readings()],
        "access_records": stage.bank.records_since(stage.start),
        "postings": [_masked(asdict(each)) for each in stage.bank.postings_since(stage.start)],
    }


def _masked(posting: dict[str, Any]) -> dict[str, Any]:
    from bank_sim.sdk.protocol.masking import mask_account

    numbers = {name: mask_account(posting[name]) for name in ("debtor_number", "creditor_number")}
    return posting | numbers
