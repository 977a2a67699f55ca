"""``bank-sandbox``: the one command line.

A command lives in a module of ``scenarios.commands`` and is imported when it is called, so that help is instant and
a missing library concerns only who needs it. Every failure ends here, in one line and one of the exit codes.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from scenarios.failures import BrokenSurroundings, SandboxError
from scenarios.surroundings import surroundings

COMMANDS = {
    "up": "Start the three parties and keep them running until Ctrl-C.",
    "demo": "Play the whole story once, narrated and verified.",
    "run": "Play scenarios: happy paths, attacks, proofs of attacks.",
    "list": "List the scenarios and what each shows.",
    "status": "Say whether a sandbox is running, and where.",
    "clock": "Show, advance or reset the virtual clock.",
    "fault": "Let things go wrong on purpose, for partners to rehearse.",
    "app": "Register an application of your own at the running bank.",
    "audit": "Verify the access log, the books and the journal offline.",
    "evidence": "Put the evidence of one payment into a file, for somebody who was not there.",
    "verify-evidence": "Judge the evidence of one payment from its file alone.",
    "range": "Open the attack range: challenges for a class, each player in a world of their own.",
    "clauses": "Say what answers each clause of the standard; report it with evidence.",
    "simulate": "Play everything from a seed, in virtual time, and judge each step.",
    "bench": "Measure speed and cost of the bank on this machine.",
    "load": "Put a bank under load and judge it: many users, bad clients, floods, faults.",
    "snapshot": "Keep the state of all parties under a name.",
    "restore": "Put the state of all parties back to a snapshot.",
    "backup": "Seal the state of one party into a file, for another place.",
    "recover": "Bring one party back from its backup.",
    "reset": "Delete a sandbox's state.",
}

HELP = """A sandbox of JR/T 0185-2020: a bank, an application party and a user, three processes over TLS.

\b
First steps:
  bank-sandbox demo                 the story, told and verified in ten seconds
  bank-sandbox up                   the parties for your browser and your own client
  bank-sandbox run --all --prove    every attack: refused, and why

\b
Exit codes:
  0  all went well
  1  a scenario or a verification failed
  2  wrong usage
  3  this machine is in the way: port, home directory, passphrase, missing library
  130  stopped by Ctrl-C or SIGTERM before the end (up ends so, with 0)
"""


class LazyGroup(click.Group):
    """Knows its commands by name and imports one only to run it or to show its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"scenarios.commands.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bank-api-sandbox", message="bank-api-sandbox %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    context.obj = surroundings(os.environ)


def main() -> None:
    """Run the command line; every ending is one line and an exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and answer its exit code."""
    try:
        code = cli.main(arguments, prog_name="bank-sandbox", standalone_mode=False)
    except SandboxError as error:
        return _end(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _end("Stopped.", 130)
    except OSError as error:
        return _end(_machine_said(error), BrokenSurroundings.exit_code)
    except ModuleNotFoundError as error:
        missing = f"The library {error.name!r} is missing; install what requirements.lock lists, or run make."
        return _end(missing, BrokenSurroundings.exit_code)
    return code if isinstance(code, int) else 0


def _machine_said(error: OSError) -> str:
    """A disk that is full, a folder that may not be entered, a file that is gone: what, and where."""
    what = error.strerror or str(error) or type(error).__name__
    return f"{what}: {error.filename}" if error.filename else what


def _end(line: str, exit_code: int) -> int:
    click.echo(f"bank-sandbox: {line}", err=True)
    return exit_code
