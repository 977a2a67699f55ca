"""Plays scenarios for the theatre, each in a throw-away world of its own, and keeps the recordings.

One play at a time: each starts three processes, and the audience looks at one stage. The running sandbox beside it is
not touched.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scenarios.theatre.following import following
from scenarios.theatre.recording import Recording

if TYPE_CHECKING:
    from scenarios.browsers import Window
    from scenarios.registry import Scenario
    from scenarios.runner import Mode, Result

RECORDINGS_KEPT = 12
LANGUAGES = {"en": "en", "zh": "zh-CN,zh;q=0.9,en;q=0.5"}
_log = logging.getLogger("theatre")


class StageTaken(Exception):
    """Another play is on; ``recording`` is the one."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(f"{recording.name} is being played")
        self.recording = recording


def record(recording: Recording, language: str, environment: Mapping[str, str], window: Window | None = None) -> Result:
    """Play the recording's scenario in a world of its own and fill it. A failed play is a result too.

    ``language``: what the user in the play reads, ``zh`` or ``en``, and so the titles of the pages.
    ``window``: the user has a real browser.
    """
    assert recording.scenario is not None
    from scenarios.browsers import browsers_of
    from scenarios.runner import Theatre, scenario_world

    with scenario_world(recording.suite, 1, environment, trace=True) as world:
        recording.phase = "playing"
        with following(world, recording), browsers_of(world, window) as browsers:
            result = Theatre(world, browsers, LANGUAGES[language]).play(recording.scenario, recording.mode)
    recording.finish(result)
    return result


class Playhouse:
    """The plays of one theatre, by name. ``environment`` is what the parties of their worlds inherit."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._recordings: dict[str, Recording] = {}
        self._played = 0

    def play(self, scenario: Scenario, mode: Mode, language: str) -> Recording:
        """Begin a play and return its recording, which then grows. ``StageTaken`` while another one is on."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                raise StageTaken(list(self._recordings.values())[-1])
            self._played += 1
            recording = Recording(f"play-{self._played}", scenario.suites[0], "starting", scenario, mode)
            self._recordings[recording.name] = recording
            while len(self._recordings) > RECORDINGS_KEPT:
                self._recordings.pop(next(iter(self._recordings)))
            self._thread = threading.Thread(target=self._perform, args=(recording, language), name=recording.name)
            self._thread.start()
        return recording

    def recording(self, name: str) -> Recording | None:
        return self._recordings.get(name)

    @property
    def recordings(self) -> list[Recording]:
        """The newest first."""
        return list(self._recordings.values())[::-1]

    def close(self) -> None:
        """Wait for the play that is on, so that it leaves no process behind."""
        if self._thread is not None:
            self._thread.join()

    def _perform(self, recording: Recording, language: str) -> None:
        try:
            record(recording, language, self._environment)
        except Exception:
            # The world broke, not the play: the audience sees that it ended, the log says why.
            _log.exception("%s could not be played", recording.name)
            recording.phase = "ended"
