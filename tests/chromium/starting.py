"""Starts a real Chromium for tests, or skips them where this machine has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from scenarios.world import World
from user_sim.chromium import Chromium, NoChromium


@contextmanager
def started_chromium(world: World) -> Iterator[Chromium]:
    """A Chromium that trusts the servers of this world alone."""
    pytest.importorskip("playwright")
    with ExitStack() as closing:
        try:
            chromium = closing.enter_context(Chromium(world.server_certificates()))
        except NoChromium as missing:
            pytest.skip(f"{missing}; tests/chromium/ensure_chromium.sh installs it")
        yield chromium
