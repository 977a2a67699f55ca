"""Opens the sandbox's pages for somebody who just typed ``up --open``: without a warning, without lasting traces.

A browser of the Chromium family gets a profile of its own in the home and trusts this sandbox's servers by their keys,
for this one process; the user's own profile and the machine's trust stores stay untouched. Where there is none the
system's browser is asked, and the line says how to trust the sandbox there.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from user_sim import installed_chromium

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.world import World

PROFILE = "browser"
STOP_S = 5.0


@contextmanager
def opened(world: World, url: str) -> Iterator[str]:
    """Show ``url`` for as long as the block runs; yields one line on what was opened, or what to do instead."""
    executable = installed_chromium.found()
    if not _has_screen(world.plan.environment):
        yield f"No screen to open a browser on; elsewhere open {url}"
    elif executable is None:
        asked = webbrowser.open(url)
        yield f"{'Opened' if asked else 'Open'} {url}; {how_to_trust(world.authority)}"
    else:
        with _window(executable, world, url):
            yield f"Opened {url} in {executable.name}, with a profile of its own that trusts this sandbox."


def how_to_trust(authority: Path) -> str:
    """One line for a browser of the user's own."""
    return (
        f"your browser warns until you import {authority} as an authority for websites"
        " (it can speak for localhost names only), or accept the warning."
    )


def _has_screen(environment: Mapping[str, str]) -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


@contextmanager
def _window(executable: Path, world: World, url: str) -> Iterator[None]:
    command = [
        str(executable),
        f"--user-data-dir={world.home.path / PROFILE}",
        *installed_chromium.switches(world.server_certificates()),
        # Else a bar says that switches like these make browsing unsafe; they do so for this profile's visits only.
        "--test-type",
        "--new-window",
        url,
    ]
    # A session of its own: Ctrl-C in the terminal is for the sandbox, which then closes the window.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(world.plan.environment),
        start_new_session=True,
    )
    try:
        yield
    finally:
        _close(process)


def _close(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_S)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
