"""A real browser for the people of a world, where one is asked for; otherwise their plain HTTP ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.failures import BrokenSurroundings

if TYPE_CHECKING:
    from scenarios.world import World
    from user_sim.browser import Opener


@dataclass(frozen=True, slots=True)
class Window:
    """How a real browser shows itself: ``headed`` in windows, ``slow_ms`` for each action so that one can follow."""

    headed: bool = False
    slow_ms: int = 0


@contextmanager
def browsers_of(world: World, window: Window | None) -> Iterator[Opener | None]:
    """What opens browsers that trust this world's servers; None, for plain HTTP, where no window is asked for."""
    if window is None:
        yield None
        return
    with ExitStack() as closing:
        try:
            from user_sim.chromium import Chromium, NoChromium

            chromium = closing.enter_context(
                Chromium(world.server_certificates(), headed=window.headed, slow_ms=window.slow_ms)
            )
        except ModuleNotFoundError as error:
            raise BrokenSurroundings(
                f"--browser needs the library {error.name!r}: pip install 'bank-api-sandbox[browser]'"
            ) from error
        except NoChromium as error:
            raise BrokenSurroundings(
                f"--browser needs Chromium, but {error}; on Debian: apt-get install chromium fonts-noto-cjk"
            ) from error
        yield chromium.opened
