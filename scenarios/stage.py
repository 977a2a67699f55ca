"""What one scenario has at hand: a started world, somebody to play the user, and eyes on the bank's books.

A scenario acts through pages, phones, SDKs and the wire. What it claims, it claims through ``require``, and the claims
that held are its evidence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bank_sim.sdk.protocol.problems import CATALOGUE
from scenarios.canaries import encodings
from scenarios.failures import ScenarioFailed
from scenarios.messages import Reading, read
from scenarios.observe import Bank, Mark, Wallet
from scenarios.outcome import code_of
from scenarios.partner import Partner
from scenarios.texts import Text
from scenarios.wire import Record
from user_sim.driver import LANGUAGES, HeadlessUser, Places
from user_sim.http_browser import LoopbackTransport
from user_sim.persona import CAREFUL

if TYPE_CHECKING:
    import httpx

    from bank_sim.sdk.protocol.problems import Problem
    from scenarios.middlebox import Middlebox
    from scenarios.world import World
    from user_sim.browser import Opener, Visit
    from user_sim.people import Person
    from user_sim.persona import Persona


_PATIENCE_S, _LOOK_S = 10.0, 0.05


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attack ended: the bank's answer to it, and what the attacker came to read (None: nothing).

    ``entitled_fen``: what of the money may rightly move: one of fifty racing payments is the account holder's own.
    """

    status: int
    code: str | None = None
    read: str | None = None
    entitled_fen: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """A turn of the play, by the machine's clock (ns since 1970)."""

    at_ns: int
    what: Text


HELD = "HELD_FOR_REVIEW"
"""How an attempt ended whose payment the bank took and did not carry out; no refusal, and so none of its codes."""


def refused(problem: Problem) -> Attempt:
    """An attempt that the bank refused."""
    code = code_of(problem)
    return Attempt(CATALOGUE[code].status, code)


@dataclass(slots=True)
class Stage:
    """One scenario's surroundings. ``user`` is a customer whom no other scenario of this world plays.

    ``payee`` receives, ``stranger`` is a customer with an account of their own and no good intentions.
    ``browsed`` keeps what plain browsers sent and got, ``browsed_honestly`` how many of it before an attack began.
    ``bystander`` is one more customer, for what takes several people; None where there are too few.
    ``browsers`` opens the people's browsers, None for plain HTTP ones. A user whose browser an attacker sits in has a
    plain HTTP one in any case: that attacker is its transport.
    """

    world: World
    user: Person
    payee: Person
    stranger: Person
    on_visit: Callable[[Visit], None] | None = None
    languages: str = LANGUAGES
    browsers: Opener | None = None
    bystander: Person | None = None
    bank: Bank = field(init=False)
    wallet: Wallet = field(init=False)
    start: Mark = field(init=False)
    first_message: int = field(init=False)
    attack_mark: Mark | None = None
    wallet_mark: int = 0
    attack_ms: int = 0
    attack_message: int = 0
    browsed: list[Record] = field(default_factory=list)
    browsed_honestly: list[int] = field(default_factory=list)
    claims: list[Text] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    closing: ExitStack = field(default_factory=ExitStack)
    partners: list[Partner] = field(default_factory=list)
    _wallet_user: HeadlessUser | None = None
    _linked: bool = False

    def __post_init__(self) -> None:
        self.bank, self.wallet = Bank(self.world.home), Wallet(self.world.home)
        self.start = self.bank.mark()
        self.first_message = len(self.wire.record.messages)

    @property
    def wire(self) -> Middlebox:
        """The box in front of the gateway; every message between applications and bank passes through it."""
        assert self.world.middlebox is not None
        return self.world.middlebox

    def readings(self) -> list[Reading]:
        """What crossed the wire since this stage was set, as the wire reads it."""
        return [read(each) for each in self.wire.record.messages[self.first_message :]]

    def plays(
        self, person: Person, *, persona: Persona = CAREFUL, transport: httpx.BaseTransport | None = None
    ) -> HeadlessUser:
        """A person with a browser and a phone, gone when the scenario ends."""
        addresses = self.world.addresses
        places = Places(addresses.wallet, addresses.pages, addresses.phone)
        if transport is None and self.browsers is None:
            transport = LoopbackTransport(self.world.authority)
        if transport is not None:
            transport = Record(transport)
            self.browsed.append(transport)
        user = HeadlessUser(
            person,
            places,
            self.world.authority,
            persona=persona,
            browsers=self.browsers,
            transport=transport,
            languages=self.languages,
            on_visit=self.on_visit,
        )
        self.closing.callback(user.close)
        return user

    def wallet_user(self) -> HeadlessUser:
        """The user, signed in at the wallet."""
        if self._wallet_user is None:
            self._wallet_user = self.plays(self.user)
            self._wallet_user.open_wallet(f"user-{self.user.person_id}")
        return self._wallet_user

    def linked_user(self) -> HeadlessUser:
        """The user, whose accounts the wallet may see; linked on first use."""
        user = self.wallet_user()
        if not self._linked:
            user.link_bank()
            self._linked = True
        return user

    def partner(self, name: str) -> Partner:
        """A freshly registered application of somebody else, closed when the scenario ends."""
        world, name = self.world, f"{name}-{self.user.person_id}"
        partner = Partner(name, world.plan.suite, world.addresses, world.control, world.authority)
        self.closing.callback(partner.close)
        self.partners.append(partner)
        return partner

    def customer_of(self, partner: Partner, person: Person, persona: Persona = CAREFUL) -> HeadlessUser:
        """A person whose browser knows the partner's web server."""
        return self.plays(
            person, persona=persona, transport=partner.callback_page(LoopbackTransport(self.world.authority))
        )

    def numbers(self, person: Person) -> dict[str, str]:
        """A person's account numbers by class, as they stand on the person's papers."""
        return self.bank.account_numbers(person.login_name)

    def require(self, holds: bool, claim: Text, found: Any = "") -> None:
        """State something that must hold; the scenario fails here when it does not."""
        if not holds:
            raise ScenarioFailed(f"Not so: {claim}" + (f" (found {found})" if found != "" else ""))
        self.claims.append(claim)

    def eventually(self, holds: Callable[[], bool], claim: Text) -> None:
        """State something that another process brings about in a moment; the scenario fails when it does not."""
        patience = time.monotonic() + _PATIENCE_S
        while not holds() and time.monotonic() < patience:
            time.sleep(_LOOK_S)
        self.require(holds(), claim)

    def require_posted_once(self, since: Mark, debtor: str, creditor: str, amount_fen: int) -> None:
        """The books hold one transfer since then, and it is this one. Account numbers in full."""
        postings = self.bank.postings_since(since)
        posted = [(each.debtor_number, each.creditor_number, each.amount_fen) for each in postings]
        once = Text("the books hold this one transfer, once", "账务中该笔转账有且仅有一笔")
        self.require(posted == [(debtor, creditor, amount_fen)], once, posted)

    def require_unreadable(self, what: Text, values: Mapping[str, str]) -> None:
        """None of the values crossed the wire since this stage was set in a form that the wire can read."""
        for message in self.wire.record.messages[self.first_message :]:
            crossed = b"\n".join([message.request.url.raw_path, message.body, message.answer.content])
            for name, value in values.items():
                found = next((form for form, needle in encodings(value).items() if needle in crossed), None)
                if found is not None:
                    raise ScenarioFailed(f"Not so: {name} is unreadable on the wire (found as {found})")
        self.claims.append(Text(f"unreadable on the wire: {what.en}", f"线路上不可读：{what.zh}"))

    def attack_begins(self) -> None:
        """Everything before was honest; from here on what happens is the attack's doing."""
        self.say(Text("From here on it is the attack", "攻击由此开始"))
        self.attack_mark, self.wallet_mark = self.bank.mark(), self.wallet.newest_record()
        self.attack_message = len(self.wire.record.messages)
        self.browsed_honestly = [len(each.messages) for each in self.browsed]
        self.attack_ms = int(self.world.control.clock()["now_ms"])

    def advance(self, seconds: int) -> None:
        """Virtual time passes for everybody, and what the bank does as it passes has been done."""
        self.world.control.advance(seconds)

    @contextmanager
    def fault(self, kind: str, **order: Any) -> Iterator[None]:
        """The bank has this fault in store while the block runs; ``order`` as the control listener takes it."""
        self.say(Text(f"The sandbox plays a fault: {kind}", f"沙箱注入故障：{kind}"))
        fault_id = self.world.control.add_fault(kind, **order)["fault_id"]
        try:
            yield
        finally:
            self.world.control.clear_faults(fault_id)

    def faults_met(self) -> list[str]:
        """The faults that befell calls since this stage was set, as the bank recorded them."""
        return [each["fault"] for each in self.bank.records_since(self.start) if each["fault"]]

    def say(self, what: Text) -> None:
        """Name this moment, for those who look at the play as it was recorded."""
        self.moments.append(Moment(time.time_ns(), what))

    def close(self) -> None:
        self.closing.close()
