"""Which of the wallet's own checks a training leaves out: by its settings, or as the sandbox's clock tells.

The wallet asks for the clock at every page anyway, so a training costs it no question more. Without a sandbox
(``control_url``) there is nobody to name a check, and the channel to the bank is the SDK's own.
"""

from __future__ import annotations

import threading

import httpx

from app_sim.config import AppConfig
from bank_sim.sdk.channel_checks import CHECK_NAMES as CHANNEL_CHECK_NAMES
from bank_sim.sdk.checks import APPLICATION_CHECKS
from bank_sim.sdk.clock import Clock, FollowingClock
from bank_sim.sdk.credentials import BankSettings
from bank_sim.sdk.transport import secure_transport


class Training:
    """What is left out at this moment."""

    def __init__(self, config: AppConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock if isinstance(clock, FollowingClock) and config.control_url is not None else None

    def left_out(self) -> frozenset[str]:
        """The checks of an application that the wallet leaves out, by name."""
        told = self._clock.weakened if self._clock is not None else frozenset()
        return self._config.weakened | (told & APPLICATION_CHECKS) if told else self._config.weakened

    def transport(self, settings: BankSettings) -> httpx.BaseTransport | None:
        """The wire of a wallet in a sandbox; None where it is the SDK's own."""
        return None if self._clock is None else _TrainedTransport(self, settings)


class _TrainedTransport(httpx.BaseTransport):
    """The real wire, and beside it one that takes any certificate, opened only while a training asks for it."""

    def __init__(self, training: Training, settings: BankSettings) -> None:
        self._training = training
        self._settings = settings
        self._sound = self._opened(frozenset())
        self._careless: httpx.BaseTransport | None = None
        self._opening = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        left_out = self._training.left_out() & CHANNEL_CHECK_NAMES
        return (self._without(left_out) if left_out else self._sound).handle_request(request)

    def close(self) -> None:
        self._sound.close()
        if self._careless is not None:
            self._careless.close()

    def _without(self, left_out: frozenset[str]) -> httpx.BaseTransport:
        with self._opening:
            if self._careless is None:
                self._careless = self._opened(left_out)
            return self._careless

    def _opened(self, left_out: frozenset[str]) -> httpx.BaseTransport:
        return secure_transport(self._settings.ca_certificate, self._settings.client_certificate, left_out)
