"""What a build of the SDK tells of the machine that it runs on: signs that somebody may be looking over its shoulder.

The mobile SDK looks for these at every start and names what it finds in its attestation (JR/T 0185 7.3.2-3.1). On an
application's server nobody looks: it is the application's own machine, and debuggers are its own. What follows from a
sign is decided by the bank; it must not be decided here.
"""

from __future__ import annotations

from collections.abc import Callable

SIGNS = {
    "debugger": "a debugger is attached",
    "emulator": "the device is simulated",
    "overlay": "another program draws over the app",
    "root": "the system's own protections are off",
}
"""Signs by name, and what each means."""

Environment = Callable[[], frozenset[str]]
"""The signs that are seen at this moment: names of ``SIGNS``."""


def unobserved() -> frozenset[str]:
    """Nobody looks."""
    return frozenset()
