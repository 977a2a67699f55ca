"""Everybody in one process: bank, wallet, phones, people, rogue and wiretap, on one virtual wire and in virtual time.

It takes a letter to whom it is addressed and tells the invariants of it. Which letter, and what happens beside, is
decided by whoever plays it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from types import SimpleNamespace
from unittest.mock import patch

from app_sim import debits, keyring, links, retention
from bank_sim.messages import Message
from bank_sim.sdk import trust
from scenarios.simulation.app_parties import PhonesParty, WalletParty
from scenarios.simulation.bank_party import BankParty
from scenarios.simulation.foundation import PARTIES, Foundation
from scenarios.simulation.instants import PartyClock, World, virtual
from scenarios.simulation.invariants import Invariants
from scenarios.simulation.meaning import Meaning
from scenarios.simulation.rogue import Rogue, rogue_page
from scenarios.simulation.starts import quick_starts
from scenarios.simulation.townsfolk import Townsfolk
from scenarios.simulation.turns import TurnLock, Turns
from scenarios.simulation.wire import Answer, Letter, Wire
from scenarios.simulation.wiretap import Wiretap

_WAIT_UNDER_A_LOCK = (debits, keyring, links, retention, trust)
"""Modules whose locks are held while somebody waits for the network."""

_BETWEEN_APPLICATION_AND_BANK = frozenset({"wallet", "rogue", "bank"})
_MESSAGES_LOST = 0.03


class Complaints(logging.Handler):
    """What the parties log, kept from the terminal; the bank's errors are kept for the invariants."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.of_the_bank: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR and record.name.partition(".")[0] in ("bank", "bank_sim"):
            cause = record.exc_info[1] if record.exc_info else None
            self.of_the_bank.append(f"{record.getMessage()} ({cause!r})")

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Nobody else hears of it while the block runs."""
        root = logging.getLogger()
        handlers, root.handlers = root.handlers, [self]
        try:
            yield
        finally:
            root.handlers = handlers


class Town:
    """Close it when done; ``town`` opens one."""

    def __init__(
        self,
        founded: Foundation,
        world: World,
        turns: Turns,
        lots: Random,
        weakened: tuple[str, ...],
        complaints: Complaints,
    ) -> None:
        self.world, self.turns, self.lots = world, turns, lots
        self.clocks = {party: PartyClock(world) for party in ("bank", "wallet", "phone", "rogue")}
        self.wire = Wire(turns, lambda: world.now_s, PARTIES, on_sent=self._sent)
        self.phones = PhonesParty(founded, self.clocks["phone"], self.wire)
        self.bank = BankParty(founded, self.clocks["bank"], self.wire, self._through_the_air)
        self.bank.weaken(weakened)
        self.wallet = WalletParty(founded, self.clocks["wallet"], self.wire)
        free = frozenset(each.account_number for each in founded.accounts if each.person == len(founded.people) - 1)
        self.meaning = Meaning(free)
        self.people = Townsfolk(founded, self.wire, world, self.meaning, lots)
        self.wiretap = Wiretap(founded, self.wire, lots)
        self.rogue = Rogue(founded, self.clocks["rogue"], self.wire, self.people.accomplice, self.wiretap, lots)
        self.invariants = Invariants(founded, self.bank, self.meaning, complaints.of_the_bank)
        self.is_calm = False

    def deliver(self, letter: Letter) -> int:
        """Take a letter to whom it is addressed; the status of the answer, 0 where there is none yet."""
        self.wire.take(letter)
        if letter.sender in _BETWEEN_APPLICATION_AND_BANK:
            self.wiretap.hear(letter)
            self.invariants.require_unreadable(letter)
        if letter.kind == "answer":
            assert letter.heed is not None
            assert letter.answer is not None
            letter.heed(letter.answer)
            return letter.answer.status
        return self._requests(letter)

    def _requests(self, letter: Letter) -> int:
        if letter.receiver in ("wallet", "phone"):
            party = self.wallet if letter.receiver == "wallet" else self.phones
            party.serve(letter, lambda answer: self._answered(letter, answer))
            return 0
        if letter.receiver == "rogue":
            answer = rogue_page(letter)
        else:
            self.invariants.before_delivery()
            answer = self.bank.serve(letter)
        self._answered(letter, answer)
        return answer.status

    def _answered(self, letter: Letter, answer: Answer) -> None:
        if letter.receiver == "gateway":
            self.invariants.after_call(letter, answer, self.world.now_s)
        else:
            self.invariants.after_page(letter, answer)
        self.wire.reply(letter, answer)

    def close(self) -> None:
        self.wallet.close()
        self.turns.close()
        self.rogue.close()
        self.phones.close()
        self.bank.close()

    def _sent(self, letter: Letter) -> None:
        if letter.sender == "rogue" and letter.path.startswith("/api/"):
            letter.hostile = self.rogue.sends_as

    def _through_the_air(self, message: Message) -> None:
        if not self.is_calm and self.lots.random() < _MESSAGES_LOST:
            raise OSError("the mobile network takes no message now")
        self.phones.receive(message)


@contextmanager
def town(founded: Foundation, lots: Random, weakened: tuple[str, ...]) -> Iterator[Town]:
    """Open a town in virtual time; randomness is for whoever calls this to seed."""
    world = World()
    turns = Turns(lambda: world.now_s)
    with ExitStack() as stack:
        stack.enter_context(virtual(world, turns.sleep))
        locks = SimpleNamespace(Lock=lambda: TurnLock(turns), RLock=threading.RLock)
        for module in _WAIT_UNDER_A_LOCK:
            stack.enter_context(patch.object(module, "threading", locks))
        stack.enter_context(quick_starts())
        complaints = Complaints()
        stack.enter_context(complaints.heard())
        opened = Town(founded, world, turns, lots, weakened, complaints)
        stack.callback(opened.close)
        yield opened
