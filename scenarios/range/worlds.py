"""One running sandbox for each player who needs one: started on demand, bounded in number, stopped when idle.

A world is entered, set and left by its own thread, one task after the other. A new challenge puts the world back to
its first day, which takes a fifth of a second where a start takes some. Nobody is graded here: an observer tells what
it saw.
"""

from __future__ import annotations

import logging
import random
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from scenarios import snapshotting
from scenarios.failures import SandboxError
from scenarios.passphrase import ephemeral
from scenarios.range import defending, kit
from scenarios.range.detecting import NOT_YET, UNREAD, Case, Finding, judge
from scenarios.range.scenes import SCENES, Scene
from scenarios.runner import BETWEEN_PLAYS_S, FIRST_USER, Theatre
from scenarios.world import Plan, World, running_world

if TYPE_CHECKING:
    from scenarios.range.challenge import Challenge
    from scenarios.range.defending import Exam
    from scenarios.stage import Stage

State = Literal["waiting", "starting", "setting", "ready", "failed", "stopped"]
Opened = Callable[[Plan], AbstractContextManager[World]]

VICTIMS = 8
IDLE_S = 30 * 60
# Whoever did something within this time keeps their world, also when others wait for one.
KEPT_S = 120
STARTS_AT_ONCE = 2
_FIRST_DAY = "range-first-day"
_log = logging.getLogger("range")


class NoRoom(Exception):
    """As many worlds run as may, and all are in use."""


@dataclass(frozen=True, slots=True)
class Rules:
    """``worlds_max`` at once; ``port_base`` of the first player's world, 0 for any free ports.

    ``environment``: what the parties inherit; ``opened``: how a world is started and left again.
    """

    folder: Path
    worlds_max: int
    port_base: int
    environment: Mapping[str, str]
    now_s: Callable[[], float]
    opened: Opened = running_world


class PlayerWorld:
    """One player's world. Every public method returns at once; ``state`` says how far it is."""

    def __init__(self, player_id: int, rules: Rules, starts: threading.Semaphore) -> None:
        self.player_id = player_id
        self.state: State = "waiting"
        self.challenge: Challenge | None = None
        self.touched_s = rules.now_s()
        self.world: World | None = None
        self.kit: dict[str, Any] = {}
        self.exam: Exam | None = None
        self._rules, self._starts = rules, starts
        self._cases: list[Case] = []
        self._scene: Scene | None = None
        self._stage: Stage | None = None
        self._theatre: Theatre | None = None
        self._victims_left = 0
        self._traffic = self._turns = 0
        self._closing = ExitStack()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"world-{player_id}")

    def set(self, challenge: Challenge) -> Future[None]:
        """Have the scene of a challenge set, from its beginning."""
        self.state = "setting" if self.world is not None else "waiting"
        self.challenge, self._cases, self.exam, self.kit = challenge, [], None, {}
        return self._thread.submit(self._attempt, lambda: self._set(challenge))

    def settled(self) -> None:
        """Wait until everything that was asked for so far has been tried."""
        self._thread.submit(lambda: None).result()

    def again(self) -> dict[str, Any]:
        """Another victim, the same scene; waits for it. The new kit."""
        self._thread.submit(self._attempt, self._another_victim).result()
        return self.kit

    def ask(self) -> str | None:
        """What the victim says when asked for a code; None where nobody is on the telephone. Waits for it."""
        return self._thread.submit(lambda: self._scene.ask() if self._scene and self._scene.ask else None).result()

    def clock(self) -> dict[str, Any]:
        """The world's clock as its listener tells it, without what a player has to find out."""
        assert self.world is not None
        told = self.world.control.clock()
        return {name: value for name, value in told.items() if name != "weakened"}

    def look(self, typed: str = "") -> Finding:
        """What the observer sees of the present challenge: that it is solved, or why not, the newest victim first."""
        found = NOT_YET
        challenge = self.challenge
        if challenge is None or challenge.kind != "attack" or self.state != "ready":
            return found
        for case in self._cases[::-1]:
            try:
                now = judge(challenge.proof, case, typed)
            except (sqlite3.Error, StopIteration, LookupError):
                # The world is put back this very moment.
                continue
            if now.solved:
                return now
            found = now if found in (NOT_YET, UNREAD) else found
        return found

    def refusals(self, newest: int) -> list[dict[str, Any]]:
        """The newest records of what the bank refused in this scene."""
        cases = self._cases[-1:] if self.state == "ready" else []
        return [record for case in cases for record in case.refused(newest)]

    def is_idle(self, for_s: float) -> bool:
        """Whether neither page nor script nor wire has stirred for so long."""
        box = self.world.middlebox if self.world is not None else None
        traffic = len(box.arrived) if box is not None else 0
        if traffic != self._traffic:
            self._traffic = traffic
            self.touch()
        return self.state not in ("starting", "setting") and self._rules.now_s() - self.touched_s > for_s

    def touch(self) -> None:
        self.touched_s = self._rules.now_s()

    def stop(self) -> Future[None]:
        """Leave the world; what it held is gone."""
        self.state = "stopped"
        done = self._thread.submit(self._leave)
        self._thread.shutdown(wait=False)
        return done

    def _attempt(self, task: Callable[[], None]) -> None:
        if self.state == "stopped":
            return
        try:
            task()
        except Exception:
            # A world that cannot be set is the trainer's to know and the player's to reset; the others play on.
            _log.exception("the world of player %d failed", self.player_id)
            self.state = "failed"

    def _set(self, challenge: Challenge) -> None:
        world = self.world or self._start()
        self.state = "setting"
        self._close_stage()
        world.control.weaken([])
        snapshotting.put_back(world.home.path, _FIRST_DAY)
        self._theatre, self._victims_left = self._populated(world), VICTIMS
        if challenge.kind == "defence":
            self.exam = defending.play(self._theatre, challenge, random.SystemRandom())
            self.state = "ready"
            return
        self._meet_victim(challenge, world)

    def _another_victim(self) -> None:
        assert self.challenge is not None
        assert self.world is not None
        self.state = "setting"
        self._close_stage()
        if not self._victims_left:
            snapshotting.put_back(self.world.home.path, _FIRST_DAY)
            self._theatre, self._victims_left, self._cases = self._populated(self.world), VICTIMS, []
        self._meet_victim(self.challenge, self.world)

    def _meet_victim(self, challenge: Challenge, world: World) -> None:
        """What is honest happens in a whole bank; then the one defence goes, and the attacker is let loose."""
        assert self._theatre is not None
        world.control.weaken([])
        world.control.advance(BETWEEN_PLAYS_S)
        self._victims_left -= 1
        self._stage = stage = self._theatre.stage()
        self._scene = scene = SCENES[challenge.scene](stage)
        self.kit = kit.document(challenge, world, scene)
        world.control.weaken([challenge.row])
        self._cases.append(Case.of(stage, challenge.row, stage.bank.mark()))
        self.state = "ready"

    def _populated(self, world: World) -> Theatre:
        """The customers in an order that goes on from one challenge to the next: what somebody has read of one victim
        must not be what the next challenge asks for."""
        folk = world.people[FIRST_USER:]
        self._turns += 1
        at = self._turns % len(folk)
        return Theatre(replace(world, people=[*world.people[:FIRST_USER], *folk[at:], *folk[:at]]))

    def _start(self) -> World:
        with self._starts:
            self.state = "starting"
            folder = self._rules.folder / str(self.player_id)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, mode=0o700)
            base = self._rules.port_base and self._rules.port_base + 10 * (self.player_id - 1)
            plan = Plan(
                home=folder / "home",
                passphrase=ephemeral(),
                port_base=base,
                seed=secrets.randbelow(10**9),
                people=FIRST_USER + VICTIMS,
                tapped=True,
                discreet=True,
                environment=self._rules.environment,
            )
            world = self._closing.enter_context(self._rules.opened(plan))
            self._closing.callback(self._close_stage)
            snapshotting.take(world.home.path, _FIRST_DAY)
        self.world = world
        return world

    def _leave(self) -> None:
        self.world = None
        self._closing.close()
        shutil.rmtree(self._rules.folder / str(self.player_id), ignore_errors=True)

    def _close_stage(self) -> None:
        if self._stage is not None:
            self._stage.close()
            self._stage = self._scene = None


class Worlds:
    """All players' worlds. ``seen`` is told when the observer finds a challenge solved."""

    def __init__(self, rules: Rules, seen: Callable[[int, Challenge], None]) -> None:
        self.rules = rules
        self._seen = seen
        self._worlds: dict[int, PlayerWorld] = {}
        self._lock = threading.Lock()
        self._starts = threading.Semaphore(STARTS_AT_ONCE)

    def of(self, player_id: int) -> PlayerWorld | None:
        """The player's world; None while they have none."""
        return self._worlds.get(player_id)

    def play(self, player_id: int, challenge: Challenge) -> PlayerWorld:
        """Have a challenge set in the player's world. ``NoRoom`` where one would have to be started and none may."""
        with self._lock:
            mine = self._worlds.get(player_id)
            if mine is None or mine.state in ("failed", "stopped"):
                if mine is not None:
                    self._stop(player_id)
                self._make_room()
                mine = self._worlds[player_id] = PlayerWorld(player_id, self.rules, self._starts)
        mine.touch()
        mine.set(challenge)
        return mine

    def stop(self, player_id: int) -> None:
        """Take a player's world away, if they have one."""
        with self._lock:
            self._stop(player_id)

    def _stop(self, player_id: int) -> Future[None] | None:
        mine = self._worlds.pop(player_id, None)
        return mine.stop() if mine is not None else None

    def _make_room(self) -> None:
        if len(self._worlds) < self.rules.worlds_max:
            return
        idle = [each for each in self._worlds.values() if each.is_idle(KEPT_S)]
        if not idle:
            raise NoRoom
        self._stop(min(idle, key=lambda each: each.touched_s).player_id)

    def observe(self) -> None:
        """Look at every world once: tell what is solved, stop what is idle."""
        for mine in list(self._worlds.values()):
            if mine.challenge is not None and mine.look().solved:
                self._seen(mine.player_id, mine.challenge)
            if mine.is_idle(IDLE_S):
                self.stop(mine.player_id)

    def close(self) -> None:
        """Leave all worlds, and wait until their processes are gone."""
        with self._lock:
            leaving = [self._stop(each) for each in list(self._worlds)]
        for each in leaving:
            if each is not None:
                each.result()


@contextmanager
def observing(worlds: Worlds, every_s: float) -> Iterator[None]:
    """Observe for as long as the block runs, then leave all worlds."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(every_s):
            try:
                worlds.observe()
            except SandboxError:
                _log.exception("a world could not be observed")

    watcher = threading.Thread(target=watch, name="observer", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        worlds.close()
