"""One run: from a seed, step by step, until all steps are taken or something that must hold does not.

A step is one letter that arrives or is lost, one act of somebody begun, one trick of the wiretap, one thing that a
party does by itself, a crash, or a jump of the clock. After the last one everybody is left in peace until nothing is
under way, and then both parties' books must agree.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from scenarios.simulation.chance import seeded
from scenarios.simulation.foundation import Foundation
from scenarios.simulation.invariants import Violated
from scenarios.simulation.rogue import DAILY_BREAD
from scenarios.simulation.town import Town, town
from scenarios.simulation.townsfolk import SIGHED_AT, Townsman
from scenarios.simulation.turns import PartyGone, Work
from scenarios.simulation.wire import BROKEN, Letter

_STEP_S, _IDLE_STEP_S = 0.02, 4.0
# How likely a letter between application and bank is lost, comes late, comes twice; people's lines know no storm.
_LOST, _DELAYED, _DOUBLED = 0.03, 0.05, 0.03
_LOST_IN_CALM, _DELAYED_IN_CALM = 0.0005, 0.002
# So often the weather changes, and so likely it is to a storm.
_WEATHER_STEPS, _STORMS = 150, 0.4
_PARTIES = ("wallet", "bank", "rogue")
# So many letters a younger one may overtake.
_OVERTAKEN_MAX = 12
_REST_STEPS_MAX = 3_000
_REST_ROUNDS = 4
_LONG_S = (60, 600, 3_600, 86_400)


Heard = Callable[[dict[str, object]], None]
"""Is told of each step, as ``--trace`` writes it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a run depends on, beside its foundation.

    ``full_every``  after so many steps everything is verified; ``full_from``: from that one on after each
    ``hostile``     it storms all the time, and the rogue hardly rests: where it is attacks that one looks for
    """

    seed: int
    steps: int
    weakened: tuple[str, ...] = ()
    full_every: int = 250
    full_from: int | None = None
    hostile: bool = False

    def is_full(self, step: int) -> bool:
        return step % self.full_every == 0 or (self.full_from is not None and step >= self.full_from)


@dataclass(slots=True)
class Outcome:
    """``failed_at``: the step after which an invariant did not hold, None: all held; ``at_rest``: when all was over;
    ``in_full``: when everything was verified, so that it may have come about some steps before.

    ``digest`` is that of the course: every step, every byte of every letter. ``happened`` counts what happened.
    """

    setting: Setting
    steps: int = 0
    failed_at: int | None = None
    at_rest: bool = False
    in_full: bool = False
    invariant: str = ""
    how: str = ""
    digest: str = ""
    happened: Counter[str] = field(default_factory=Counter)

    @property
    def holds(self) -> bool:
        return self.failed_at is None


def play(founded: Foundation, setting: Setting, heard: Heard | None = None) -> Outcome:
    """Play a run on a copy of the foundation; ``heard`` is told of each step."""
    with TemporaryDirectory(prefix="simulated-", dir=founded.home.parent) as folder, seeded(setting.seed) as lots:
        with town(founded.copied_to(Path(folder) / "home"), lots, setting.weakened) as opened:
            return _Run(opened, lots, setting, heard).played()


def shortest(founded: Foundation, outcome: Outcome, heard: Heard | None = None) -> Outcome:
    """The shortest prefix of a run that failed: played again, and looked at closely where it was not at first.

    A run that failed at rest needs all its steps.
    """
    setting = outcome.setting
    if outcome.failed_at is None or not outcome.in_full:
        return outcome
    closely = replace(setting, steps=outcome.failed_at, full_from=outcome.failed_at - setting.full_every)
    return play(founded, closely, heard)


class _Run:
    def __init__(self, opened: Town, lots: Random, setting: Setting, heard: Heard | None) -> None:
        self._town, self._lots, self._setting, self._heard = opened, lots, setting, heard
        self._outcome = Outcome(setting)
        self._digest = hashlib.sha256()
        self._failure: BaseException | None = None
        self._is_stormy = False

    def played(self) -> Outcome:
        outcome = self._outcome
        try:
            for outcome.steps in range(1, self._setting.steps + 1):
                self._step()
                if self._setting.is_full(outcome.steps):
                    outcome.in_full = True
                    self._town.invariants.in_full()
                    outcome.in_full = False
            outcome.at_rest = True
            self._rest()
            self._town.invariants.at_rest()
        except Violated as violated:
            outcome.failed_at, outcome.invariant, outcome.how = outcome.steps, violated.name, str(violated)
        outcome.digest = self._digest.hexdigest()
        return outcome

    def _step(self) -> None:
        if self._outcome.steps % _WEATHER_STEPS == 1:
            self._is_stormy = self._lots.random() < _STORMS or self._setting.hostile
        self._town.world.pass_by(self._lots.expovariate(1 / _STEP_S))
        self._note(*self._one_thing())
        if self._failure is not None:
            raise self._failure
        self._town.invariants.after_step()

    def _one_thing(self) -> tuple[str, str, Letter | None]:
        """What happens in this step: its kind, a word on it, the letter that it is about."""
        if (owed := self._owed()) is not None:
            return owed
        letters = [each for each in self._town.wire.under_way if each.due_s <= self._town.world.now_s]
        if not letters or self._town.people.all_rest():
            self._pass_idle_time()
        things = self._things(bool(letters))
        _, kind, do = self._lots.choices(things, [each[0] for each in things])[0]
        if kind == "letter":
            return self._letter(letters[self._lots.randrange(min(len(letters), _OVERTAKEN_MAX))])
        return kind, do(), None

    def _things(self, letters: bool) -> list[tuple[float, str, Callable[[], str]]]:
        """What may happen now beside that a letter arrives, and how likely each is."""
        opened = self._town
        return [
            (60 if letters else 0, "letter", str),
            (20 if opened.people.rested() else 0, "act", self._act),
            (0 if opened.rogue.is_busy else 100 if self._setting.hostile else 3, "rogue", self._rogue),
            (10 if self._is_stormy and opened.wiretap.passing() else 1, "trick", opened.wiretap.play),
            (3, "bank", self._bank_by_itself),
            (1.5, "wallet", self._wallet_by_itself),
            (0.1, "crash", self._crash),
            (0.05 if opened.wire.waiting else 2, "clock", self._clock),
        ]

    def _pass_idle_time(self) -> None:
        """Nothing can arrive, or all people rest: no need to wait in small steps for what comes next."""
        opened = self._town
        coming = [each.until_s for each in opened.wire.waiting.values()]
        coming += [each.due_s for each in opened.wire.under_way]
        coming += [each.wakes_s for each in opened.turns.open if each.wakes_s is not None]
        coming += [each.rests_until_s for each in opened.people.everybody if not each.is_busy]
        later = [each - opened.world.now_s for each in coming if each > opened.world.now_s]
        opened.world.pass_by(min(*later, _IDLE_STEP_S) if later else 0.0)

    def _owed(self) -> tuple[str, str, Letter | None] | None:
        """What time has made due: somebody has slept enough, or waited long enough."""
        if (work := self._town.turns.next_ready()) is not None:
            self._town.turns.go_on(work)
            return "wakes", f"{work.party} {work.name}", None
        if (wait := self._town.wire.impatient()) is not None:
            self._town.wire.give_up(wait)
            return "gives_up", wait.work.party, wait.letter
        return None

    def _letter(self, letter: Letter) -> tuple[str, str, Letter]:
        """It arrives; or is lost, or delayed; or arrives and comes again later."""
        chance, wire = self._lots.random(), self._town.wire
        machine = letter.sender in _PARTIES
        lost, delayed = (_LOST, _DELAYED) if machine and self._is_stormy else (_LOST_IN_CALM, _DELAYED_IN_CALM)
        if chance < lost:
            wire.take(letter)
            return "lost", "", letter
        if chance < lost + delayed:
            letter.due_s = self._town.world.now_s + self._lots.choice((1, 5, 20, 400))
            return "delayed", "", letter
        if machine and letter.kind == "request" and chance < lost + delayed + _DOUBLED:
            wire.copy(letter, letter.hostile)
        status = self._town.deliver(letter)
        if letter.receiver == "pages" and letter.kind == "request":
            self._town.bank.send_messages()
        return "arrives", str(status or ""), letter

    def _act(self) -> str:
        man = self._lots.choice(self._town.people.rested())
        name, do = self._town.people.next_act(man)
        man.is_busy = True
        self._town.turns.begin(f"people {man.person.person_id}", name, do, lambda work: self._acted(man, work))
        return f"{man.person.person_id} {name}"

    def _acted(self, man: Townsman, work: Work) -> None:
        self._town.people.done(man)
        self._ended(work, SIGHED_AT)

    def _rogue(self) -> str:
        rogue = self._town.rogue
        name, do = rogue.next_act()
        rogue.is_busy, rogue.sends_as = True, ""
        self._town.turns.begin("rogue", name, do, self._rogue_acted)
        return name

    def _rogue_acted(self, work: Work) -> None:
        self._town.rogue.is_busy = False
        self._ended(work, DAILY_BREAD)

    def _ended(self, work: Work, expected: tuple[type[BaseException], ...]) -> None:
        """An act may fail as acts do; anything else is a fault of ours or of theirs, and ends the run."""
        error = work.error
        word = "done" if error is None else str(getattr(error, "code", type(error).__name__))
        self._outcome.happened[f"{work.party.split()[0]} {work.name} {word}"] += 1
        if error is not None and not isinstance(error, (*expected, PartyGone)):
            self._failure = error

    def _bank_by_itself(self) -> str:
        name = self._lots.choices(("duties", "messages", "events"), (1, 2, 3))[0]
        bank = self._town.bank
        {"duties": bank.perform_duties, "messages": bank.send_messages, "events": bank.send_events}[name]()
        return name

    def _wallet_by_itself(self) -> str:
        if self._lots.random() < 0.5:
            self._town.wallet.do_what_is_due()
            return "duties"
        self._town.wallet.settle()
        return "settle"

    def _crash(self) -> str:
        if self._lots.random() < 0.5:
            self._town.bank.die_after(self._lots.randrange(8))
            return "bank"
        under_way = self._town.wire.under_way
        for letter in [each for each in under_way if each.receiver == "wallet" and each.kind == "request"]:
            under_way.remove(letter)
            self._town.wire.reply(letter, BROKEN)
        self._town.wallet.die()
        return "wallet"

    def _clock(self) -> str:
        if self._lots.random() < 0.5:
            seconds = self._lots.choices(_LONG_S, (8, 4, 2, 1))[0]
            self._town.world.pass_by(seconds)
            return f"{seconds} s pass"
        party = self._lots.choice(("bank", "wallet"))
        self._town.clocks[party].wrong_by_s = wrong_by_s = self._lots.randint(-15, 15)
        return f"{party} wrong by {wrong_by_s} s"

    def _rest(self) -> None:
        """No more mischief: what is under way arrives, what is unknown is asked for, what waits is sent."""
        opened = self._town
        opened.is_calm = True
        for party in ("bank", "wallet"):
            opened.clocks[party].wrong_by_s = 0.0
        for _ in range(_REST_ROUNDS):
            opened.world.pass_by(3_600)
            for do in (opened.bank.perform_duties, opened.bank.send_messages, opened.bank.send_events):
                do()
            opened.wallet.settle()
            self._until_nothing_is_under_way()

    def _until_nothing_is_under_way(self) -> None:
        opened = self._town
        for _ in range(_REST_STEPS_MAX):
            opened.world.pass_by(_STEP_S)
            done = self._owed()
            if done is None and opened.wire.under_way:
                letter = opened.wire.under_way[0]
                done = "arrives", str(opened.deliver(letter) or ""), letter
                opened.bank.send_messages()
            elif done is None and not opened.turns.open:
                opened.bank.send_events()
                if not opened.wire.under_way:
                    return
            if done is not None:
                self._note(*done)
            if self._failure is not None:
                raise self._failure
            opened.invariants.after_step()
        raise Violated("everything comes to rest", f"{[(each.party, each.name) for each in opened.turns.open]}")

    def _note(self, kind: str, word: str, letter: Letter | None) -> None:
        """Take a step into the digest, and tell whoever listens."""
        self._outcome.happened[kind] += 1
        step: dict[str, object] = {"step": self._outcome.steps, "kind": kind, "word": word}
        content = b""
        if letter is not None:
            step |= {
                "letter": letter.number, "way": letter.kind, "from": letter.sender, "to": letter.receiver,
                "method": letter.method, "path": letter.path, "hostile": letter.hostile,
            }  # fmt: skip
            content = repr(letter.headers).encode() + letter.body
            if letter.answer is not None:
                content += repr(letter.answer.headers).encode() + letter.answer.body
        self._digest.update(f"{step} {self._town.world.now_s:.6f}\n".encode() + content)
        if self._heard is not None:
            so_far = self._digest.copy().hexdigest()[:16]
            self._heard(step | {"at_s": round(self._town.world.now_s, 6), "digest": so_far})
