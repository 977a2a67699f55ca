"""Those who must be slowed down: a neighbour far beyond its limit, and an application that knows no patience.

They speak as an application of their own, whose limit the bank's staff has set; with sound signatures.
"""

from __future__ import annotations

import time

from loadtests.crowd.calling import Result
from loadtests.crowd.people import Visitor

_STORM_S, _STORM_ATTEMPTS = 0.5, 6
_SILENT_S = 0.1


class Flooding(Visitor):
    """A neighbour at ten times its limit, in the spans of the profile, and silent in between."""

    kind = "flooding"
    speaks_as = "loud"
    attempts = 1

    def interval_s(self) -> float:
        profile = self.crowd.plan.profile
        assert profile.loud_limit_per_s is not None
        return profile.beside["flooding"] / (profile.loud_limit_per_s * profile.flood_factor)

    def intent(self) -> None:
        if any(each.holds(self.crowd.elapsed_s()) for each in self.crowd.plan.profile.floods):
            self.line.call("rates", self.line.voice.presigner.signed_query("/api/rates"))
        else:
            time.sleep(_SILENT_S)
            self.pace.forget(time.perf_counter())


class Storming(Visitor):
    """An application that tries again at once whenever it is not served: what a retry storm is made of."""

    kind = "storming"
    speaks_as = "loud"
    attempts = _STORM_ATTEMPTS

    def interval_s(self) -> float:
        return _STORM_S

    def pause_s(self, attempt: int, result: Result) -> float:
        return 0.0

    def intent(self) -> None:
        self.call("rates", lambda: self.line.voice.presigner.signed_query("/api/rates"))


LOUD: tuple[type[Visitor], ...] = (Flooding, Storming)
