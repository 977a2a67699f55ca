"""The range as its pages see it: who may do what, what it costs, and what counts. It holds no page and no SQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scenarios.range import defending
from scenarios.range.book import Book, Player, Progress
from scenarios.range.challenge import Challenge, challenges
from scenarios.range.detecting import PROOFS, Finding
from scenarios.range.worlds import PlayerWorld, Worlds
from scenarios.texts import Text

LEVELS = {
    1: Text("Beginner", "入门"),
    2: Text("Apprentice", "进阶"),
    3: Text("Expert", "高级"),
    4: Text("Master", "大师"),
}
OUT_OF_TRIES = Text("All tries are used; the best one counts.", "答题次数已用完，以最好成绩计分。")


@dataclass(frozen=True, slots=True)
class Standing:
    """One player's place on the board."""

    player: Player
    points: int
    solved: int
    last_s: float


class Ground:
    """``origin``: scheme, host and port of the pages; ``authority``: the certificate that browsers trust for them."""

    def __init__(self, book: Book, origin: str, authority: Path, now_s: Callable[[], float]) -> None:
        self.book, self.origin, self.authority, self.now_s = book, origin, authority, now_s
        self.worlds: Worlds = None  # type: ignore[assignment]
        self._grading = threading.Lock()

    @property
    def kit_origin(self) -> str:
        """Where scripts reach the range: by a name that every machine's resolver knows (RFC 6761 section 6.3)."""
        return f"https://localhost:{self.origin.rpartition(':')[2]}"

    def open(self, player: Player, challenge: Challenge) -> PlayerWorld:
        """Begin a challenge, or begin it anew, in the player's world."""
        self.book.begin(player.player_id, challenge.name, self.now_s())
        return self.worlds.play(player.player_id, challenge)

    def world_at(self, player: Player, challenge: Challenge) -> PlayerWorld | None:
        """The player's world while this very challenge is set in it."""
        mine = self.worlds.of(player.player_id)
        return mine if mine is not None and mine.challenge is challenge else None

    def seen(self, player_id: int, challenge: Challenge) -> None:
        """The observer found it solved."""
        with self._grading:
            mine = self.book.progress(player_id, challenge.name)
            if mine is not None and not mine.is_open:
                self.book.solve(player_id, challenge.name, worth(challenge, mine), self.now_s())

    def look(self, player: Player, challenge: Challenge, typed: str = "") -> Finding | None:
        """What the observer says now; what was typed wrongly is counted. None where the challenge is not set."""
        mine = self.world_at(player, challenge)
        if mine is None:
            return None
        found = mine.look(typed)
        if found.solved:
            self.seen(player.player_id, challenge)
        elif typed and PROOFS[challenge.proof].typed is not None:
            self.book.note_try(player.player_id, challenge.name)
        return found

    def answer(self, player: Player, challenge: Challenge, answers: Mapping[str, str]) -> dict[str, bool] | None:
        """Grade an incident report. None where there is no exam, or no try left."""
        mine = self.world_at(player, challenge)
        with self._grading:
            progress = self.book.progress(player.player_id, challenge.name)
            if mine is None or mine.exam is None or progress is None or progress.is_open or not tries_left(progress):
                return None
            right = mine.exam.right(answers)
            points = defending.points_for(worth(challenge, progress), right)
            if all(right.values()):
                self.book.solve(player.player_id, challenge.name, points, self.now_s())
            else:
                self.book.note_try(player.player_id, challenge.name)
                self.book.earn(player.player_id, challenge.name, points)
        return right

    def standings(self) -> list[Standing]:
        """Everybody, the best first; of two with as many points, who had them earlier."""
        by_player: dict[int, list[Progress]] = {}
        for each in self.book.everybodys():
            by_player.setdefault(each.player_id, []).append(each)
        standings = [_standing(each, by_player.get(each.player_id, [])) for each in self.book.players()]
        return sorted(standings, key=lambda each: (-each.points, each.last_s))


def worth(challenge: Challenge, progress: Progress | None) -> int:
    """What solving it would bring now: its points less the hints taken."""
    taken = challenge.hints[: progress.hints] if progress is not None else ()
    return challenge.points - sum(each.cost for each in taken)


def tries_left(progress: Progress | None) -> int:
    """How often the defender may still answer."""
    return defending.TRIES_MAX - (progress.tries if progress is not None else 0)


def challenge_named(name: str) -> Challenge | None:
    return challenges().get(name)


def _standing(player: Player, progress: list[Progress]) -> Standing:
    solved = [each.solved_s for each in progress if each.solved_s is not None]
    return Standing(player, sum(each.points for each in progress), len(solved), max(solved, default=0.0))
