"""Which of the wallet's own checks a training leaves out: by its settings, or at the sandbox's control listener."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property

import httpx

from app_sim.bank.line import Line
from bank_sim.sdk.transport import Channel, open_channel


class Training(Line):
    """Asked before the checks of what somebody has handed to the wallet."""

    def _left_out(self, checks: frozenset[str]) -> frozenset[str]:
        """Those of these checks that are left out at this moment."""
        off = self._config.weakened
        if self._config.control_url is not None:
            with suppress(httpx.HTTPError, ValueError, KeyError):
                off |= frozenset(self._sandbox.get(f"{self._config.control_url}/weakened").json()["names"])
        return off & checks

    @cached_property
    def _sandbox(self) -> Channel:
        return open_channel(self._config.ca_certificate, None, timeout_s=2.0)

    def close(self) -> None:
        super().close()
        if "_sandbox" in self.__dict__:
            self._sandbox.close()
