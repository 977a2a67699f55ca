"""How a command ends when it does not end well: one clear line and an exit code that CI can use.

SandboxError               carries the line that the user reads
├─ ScenarioFailed    1     the world ran, and something in it was not as claimed
├─ WrongUsage         2    a name that does not exist, as the command line's own refusals
└─ BrokenSurroundings 3    port, home, passphrase, library: nothing was judged
"""

from __future__ import annotations


class SandboxError(Exception):
    """A failure with one line for the user; ``cli.main`` prints it and exits with ``exit_code``."""

    exit_code = 1


class ScenarioFailed(SandboxError):
    """A scenario or a verification found something other than what it claims."""


class WrongUsage(SandboxError):
    """Something was asked for by a name that nothing bears; the line says what there is."""

    exit_code = 2


class BrokenSurroundings(SandboxError):
    """The machine, not the bank, is in the way; the line says what to do about it."""

    exit_code = 3
