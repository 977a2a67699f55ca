"""How many users are there at each moment: Locust asks, the plan's stages answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locust import LoadTestShape

if TYPE_CHECKING:
    from loadtests.crowd.company import Company


class ProfileShape(LoadTestShape):
    """Those of the mix by the stages, and those beside them all the time; the run ends with the last stage."""

    def tick(self) -> tuple[int, float] | None:
        crowd: Company = self.runner.environment.crowd  # type: ignore[union-attr]
        users = crowd.plan.users_at(self.get_run_time())  # type: ignore[no-untyped-call]
        if users is None:
            return None
        # At once: how fast people come is for the stages to say.
        return users + sum(crowd.plan.profile.beside.values()), 1000.0
