"""How the bank's own keys change: announced, brought into force, retired when nobody needs them, revoked at once.

    plan      next ──notice──→ active ──overlap──→ retired      (a duty carries it out as time passes)
    emergency revoke: the key made beforehand takes over in the same transaction

A signing key makes way for one that it vouched for, so that applications follow without being told by hand. Each step
runs in the caller's write transaction and is told to the applications concerned in it; whoever commits then announces
the change to the bank's processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bank_sim.keys import ring
from bank_sim.keys.custodian import Custodian
from bank_sim.keys.custody import THE_BANK, Change
from bank_sim.keys.ring import KINDS, RingKey
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.keypairs import Use
from bank_sim.sdk.protocol.keysets import make_voucher
from bank_sim.store import Store, Transaction

Tell = Callable[[Transaction, str, RingKey, Mapping[str, str | int]], None]
"""Tells the applications of the key's suite: an event's type, the key, and what it says."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """Changes the keys of one bank. ``issuer`` is the gateway's URL; ``tell`` publishes events.

    ``announce``, once a change is committed, makes every process of the bank look at the ring again.
    """

    custodian: Custodian
    policy: Policy
    issuer: str
    tell: Tell
    announce: Callable[[], None] = lambda: None

    def found(self, db: Transaction, now_ms: int) -> None:
        """The first keys: for each suite and use one in force and the one that will follow it."""
        change = Change(THE_BANK, "founded", now_ms)
        for suite, use in KINDS:
            ring.enter(db, self.custodian.generate(suite, use).public, "active", change, None)
            self._make_next(db, suite, use, change)

    def plan(self, db: Transaction, suite: str, use: str, change: Change) -> RingKey:
        """The next key of this suite and use comes into force after the policy's notice. STATE_CHANGED if planned."""
        coming = ring.the(db, suite, use, "next")
        due_ms = change.at_ms + self.policy.bank_key_notice_s * 1000
        ring.schedule(db, coming.kid, due_ms, change)
        self.tell(db, "key.announced", coming, {"activates_ms": due_ms})
        return coming

    def revoke(self, db: Transaction, kid: str, change: Change) -> None:
        """A key is no longer the bank's, at once; the next one takes the place of one in force.

        ILLEGAL_TRANSITION for one that has ended already. Whoever sealed to it seals anew to the next.
        """
        lost = ring.one(db, kid)
        ring.move(db, kid, "revoked", change)
        if lost.state == "active":
            self._bring_into_force(db, lost.suite, lost.use, change)
        elif lost.state == "next":
            self._make_next(db, lost.suite, lost.use, change)
        self.tell(db, "key.revoked", lost, {"state_before": lost.state})

    def perform(self, store: Store, now_ms: int) -> None:
        """Carry out what has fallen due, and plan what will. The duty of a thread."""
        if not ring.due(store.read, now_ms) and not self._aged(store, now_ms):
            self._destroy_ended(store)
            return
        with store.write() as db:
            for key in ring.due(_in(db), now_ms):
                self._carry_out(db, key, now_ms)
            for key in self._aged(store, now_ms):
                self.plan(db, key.suite, key.use, Change(THE_BANK, "validity ends", now_ms))
        self.announce()
        self._destroy_ended(store)

    def _carry_out(self, db: Transaction, key: RingKey, now_ms: int) -> None:
        if key.state == "retiring":
            ring.move(db, key.kid, "retired", Change(THE_BANK, "overlap is over", now_ms))
            self.tell(db, "key.retired", key, {})
            return
        change = Change(THE_BANK, "as announced", now_ms)
        before = ring.the(db, key.suite, key.use, "active")
        ring.move(db, before.kid, "retiring", change, now_ms + self.policy.bank_key_overlap_s * 1000)
        self._bring_into_force(db, key.suite, key.use, change)

    def _bring_into_force(self, db: Transaction, suite: str, use: Use, change: Change) -> None:
        ring.move(db, ring.the(db, suite, use, "next").kid, "active", change)
        self._make_next(db, suite, use, change)

    def _make_next(self, db: Transaction, suite: str, use: Use, change: Change) -> None:
        key = self.custodian.generate(suite, use).public
        voucher = None
        if use == "sig":
            signer = self.custodian.open(ring.the(db, suite, use, "active").kid, use)
            voucher = make_voucher(signer, self.issuer, key, change.at_ms // 1000)
        ring.enter(db, key, "next", change, voucher)

    def _aged(self, store: Store, now_ms: int) -> list[RingKey]:
        """Keys in force whose validity ends within the notice, with nothing planned yet."""
        before_ms = now_ms - (self.policy.bank_key_validity_s - self.policy.bank_key_notice_s) * 1000
        living = [each for each in ring.keys_of(store.read) if each.state in ("active", "next")]
        planned = {(each.suite, each.use) for each in living if each.state == "next" and each.due_ms is not None}
        return [
            each
            for each in living
            if each.state == "active" and each.since_ms <= before_ms and (each.suite, each.use) not in planned
        ]

    def _destroy_ended(self, store: Store) -> None:
        """Remove the files of keys that have ended. Nothing is made meanwhile: who makes a key holds the write lock."""
        if not self.custodian.kept() - _living(store):
            return
        with store.write():
            for kid in self.custodian.kept() - _living(store):
                self.custodian.destroy(kid)


def _living(store: Store) -> set[str]:
    return {each.kid for each in ring.keys_of(store.read) if each.state in ring.LIVING}


def _in(db: Transaction) -> ring.Read:
    """Reading within a transaction."""
    return lambda sql, parameters: db.execute(sql, parameters).fetchall()
