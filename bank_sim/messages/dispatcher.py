"""The thread that empties the outbox.

Messages to one phone arrive in order. A message that the phone refuses is dropped; one that fails is tried again, after
those that were not tried yet: one phone's trouble delays another's message by one try at most.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from bank_sim.clock import Clock
from bank_sim.keys import SealBroken, Vault
from bank_sim.messages.outbox import Message, MessageRefused
from bank_sim.store import Store

# How soon a message written by another process is noticed; an idle look costs some 10 microseconds.
_LOOK_S = 0.03
# A message that did not arrive is tried again with growing pauses, until it is too old to be of use.
_PAUSE_FIRST_S, _PAUSE_MAX_S = 0.2, 5.0

_log = logging.getLogger("bank.messages")


@dataclass(slots=True)
class _Waiting:
    """A message of the outbox, still sealed, and when it may be tried. Never tried: ``pause_s`` is 0."""

    message_id: int
    phone: str
    sealed: bytes
    expires_ms: int
    due_s: float = 0.0
    pause_s: float = 0.0

    def put_off(self, now_s: float) -> None:
        self.pause_s = min(self.pause_s * 2, _PAUSE_MAX_S) or _PAUSE_FIRST_S
        self.due_s = now_s + self.pause_s


class Dispatcher:
    """Delivers the outbox. ``run`` belongs into a thread of its own, with a ``Store`` opened there.

    There is one dispatcher to an outbox: how often a message was tried, it keeps in memory.
    """

    def __init__(
        self,
        vault: Vault,
        clock: Clock,
        deliver: Callable[[Message], None],
        monotonic: Callable[[], float] = time.monotonic,
        epoch: Callable[[], int] = lambda: 0,
    ) -> None:
        """``deliver`` hands one message to the phone. ``MessageRefused``: it never will be; any other error: not yet.

        ``monotonic`` measures the pauses: they are the machine's time, which the sandbox's clock does not move.
        ``epoch`` changes when the outbox was put back to an earlier state, whose messages are to be noticed again.
        """
        self._vault = vault
        self._clock = clock
        self._deliver = deliver
        self._monotonic = monotonic
        self._waiting: dict[int, _Waiting] = {}
        self._newest = 0
        self._epoch, self._known_epoch = epoch, epoch()
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self, open_store: Callable[[], Store]) -> None:
        """Work until ``stop``."""
        store = open_store()
        try:
            while not self._stopping.is_set():
                try:
                    self.deliver_due(store)
                except Exception:
                    # Whatever is wrong with the database now, the thread must live to deliver later.
                    _log.exception("the outbox could not be emptied")
                    self._stopping.wait(_PAUSE_FIRST_S)
                self._stopping.wait(_LOOK_S)
        finally:
            store.close()

    def deliver_due(self, store: Store) -> bool:
        """Try each message that is due, one by one. True if none is left waiting for another try.

        The outbox is looked at before every try, so that a new message waits for one try at most.
        """
        while not self._stopping.is_set():
            self._take_in(store)
            chosen = self._next()
            if chosen is None:
                break
            if self._settled(chosen):
                with store.write() as db:
                    db.execute("DELETE FROM outbox WHERE id = ?", (chosen.message_id,))
                del self._waiting[chosen.message_id]
            else:
                chosen.put_off(self._monotonic())
        return not self._waiting

    def _take_in(self, store: Store) -> None:
        """Notice what was enqueued. Identifiers grow with every commit, so what is newer has a higher one."""
        if (epoch := self._epoch()) != self._known_epoch:
            self._known_epoch, self._newest = epoch, 0
            self._waiting.clear()
        new = store.read("SELECT id, sealed, expires_ms FROM outbox WHERE id > ? ORDER BY id", (self._newest,))
        for message_id, sealed, expires_ms in new:
            message = self._unsealed(message_id, sealed)
            # One that cannot be read belongs to no phone and is thrown away when its turn comes.
            phone = message.to if message is not None else ""
            self._waiting[message_id] = _Waiting(message_id, phone, sealed, expires_ms)
            self._newest = message_id

    def _next(self) -> _Waiting | None:
        """The oldest message of a phone that is due: never tried before tried, then whichever has been due longest."""
        first: dict[str, _Waiting] = {}
        for each in self._waiting.values():
            first.setdefault(each.phone, each)
        now_s = self._monotonic()
        return min((each for each in first.values() if each.due_s <= now_s), key=lambda each: each.due_s, default=None)

    def _settled(self, waiting: _Waiting) -> bool:
        """Whether nothing is left to do for a message: it is delivered, refused, unreadable or too old."""
        message = self._unsealed(waiting.message_id, waiting.sealed)
        if message is None or waiting.expires_ms <= self._clock.now_ms():
            return True
        try:
            self._deliver(message)
        except MessageRefused as refusal:
            _log.warning("message %d dropped: %s", waiting.message_id, refusal)
        except Exception as error:
            _log.warning("message %d not delivered: %s", waiting.message_id, type(error).__name__)
            return False
        return True

    def _unsealed(self, message_id: int, sealed: bytes) -> Message | None:
        try:
            return msgspec.json.decode(self._vault.unseal(sealed), type=Message)
        except (SealBroken, msgspec.MsgspecError) as error:
            _log.warning("message %d cannot be read: %s", message_id, type(error).__name__)
            return None
