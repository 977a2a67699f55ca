"""What one theatre has at hand: the running sandbox with its recording, and the plays beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.theatre.playing import Playhouse
from scenarios.theatre.recording import Recording

if TYPE_CHECKING:
    from scenarios.world import World

LIVE = "live"


@dataclass(frozen=True, slots=True)
class House:
    """``origin``: scheme, host and port under which browsers reach the theatre."""

    world: World
    live: Recording
    plays: Playhouse
    origin: str

    def recording(self, name: str) -> Recording | None:
        """The recording of that name; None if there is none, or no longer."""
        return self.live if name == LIVE else self.plays.recording(name)

    @property
    def recordings(self) -> list[Recording]:
        """The running sandbox's, then those of the plays, the newest first."""
        return [self.live, *self.plays.recordings]
