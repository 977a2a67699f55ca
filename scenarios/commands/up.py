"""``bank-sandbox up``: the three parties, for a browser and for clients of one's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from scenarios.colleagues import colleagues
from scenarios.commands import options

if TYPE_CHECKING:
    from scenarios.surroundings import Surroundings
    from scenarios.world import World

GLANCE_S = 0.2
FIRST_DAY = "founded"
_SANDBOXES_OWN = ("theatre", "control")


@click.command("up", short_help="Start the three parties and keep them running until Ctrl-C.")
@options.home
@options.port_base
@options.suite
@options.workers
@options.passphrase
@click.option(
    "--weaken",
    multiple=True,
    metavar="NAME",
    help="Leave a defence out, for training; may be repeated. An unknown name lists the known ones.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the pages in a browser that trusts this sandbox.")
@click.option("--no-aids", is_flag=True, help="Pages as a real bank has them: no auto-fill, no look behind.")
@click.option(
    "--production-like",
    is_flag=True,
    help="As real parties run: no aids, no theatre, no faults; the clock and the defences cannot be touched.",
)
@click.option(
    "--traces",
    metavar="FILE|URL",
    default="",
    help="Write spans of all three parties into a file, or send them to an OpenTelemetry collector (OTLP over HTTP).",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="json: each party's log is an object a line, with the trace ids that bank and wallet share.",
)
@click.pass_obj
def command(
    surroundings: Surroundings,
    home: Path,
    port_base: int,
    suite: Literal["gm", "intl"],
    workers: int,
    use_keyring: bool,
    ask_passphrase: bool,
    weaken: tuple[str, ...],
    open_browser: bool,
    no_aids: bool,
    production_like: bool,
    traces: str,
    log_format: Literal["text", "json"],
) -> None:
    """Start the three parties and keep them running until Ctrl-C.

    Without a passphrase (BANK_SANDBOX_PASSPHRASE, --keyring or --ask-passphrase) the keys are sealed with one that is
    made for this run and forgotten with it, and the next start founds the sandbox anew.

    \b
    Examples:
      bank-sandbox up
      bank-sandbox up --open                 and see it, without a browser's warning
      bank-sandbox up --suite intl --port-base 9440 --home .sandbox-intl
      bank-sandbox up --weaken replay        a bank with a hole, to be attacked
      bank-sandbox up --production-like      what a penetration test may take for the real thing
      bank-sandbox up --traces spans.jsonl --log-format json
    """
    from scenarios.signals import terminable
    from scenarios.theatre.serving import open_theatre
    from scenarios.world import Plan, running_world

    plan = Plan(
        home=home,
        passphrase=options.chosen(surroundings, home, use_keyring, ask_passphrase),
        suite=suite,
        workers=workers,
        port_base=port_base,
        weakened=frozenset(weaken),
        aids=not no_aids and not production_like,
        production_like=production_like,
        trace=not production_like,
        traces=_absolute(traces),
        log_format=log_format,
        environment=surroundings.environment,
    )
    theatre = _no_theatre if production_like else open_theatre
    try:
        with terminable(), running_world(plan) as world, theatre(world), _browser(world, open_browser) as browser:
            if not production_like:
                _keep_the_first_day(world)
            _announce(world, browser)
            _watch(world)
    except KeyboardInterrupt:
        click.echo("Stopped.")


def _no_theatre(_: World) -> nullcontext[None]:
    return nullcontext()


def _absolute(traces: str) -> str:
    """A file's whole path, for each party runs in a folder of its own; an address as it is."""
    return traces if not traces or "://" in traces else str(Path(traces).absolute())


def _keep_the_first_day(world: World) -> None:
    """The state of a new home is kept, so that a running sandbox can be put back to it: ``restore founded``."""
    from scenarios.failures import BrokenSurroundings
    from scenarios.snapshots import Shelf
    from scenarios.snapshotting import take

    if any(each.name == FIRST_DAY for each in Shelf(world.home).all()):
        return
    try:
        take(world.home.path, FIRST_DAY)
    except BrokenSurroundings:
        # Whoever ended meanwhile is the reason, and is named.
        world.require_alive()
        raise


def _watch(world: World, sleep: Callable[[float], None] = time.sleep) -> None:
    """Until Ctrl-C or SIGTERM; a party that ends on its own ends everything."""
    while True:
        world.require_alive()
        sleep(GLANCE_S)


@contextmanager
def _browser(world: World, wanted: bool) -> Iterator[str | None]:
    """What there is to say of the browser, while it is open; None where none is wanted."""
    if not wanted:
        yield None
        return
    from scenarios.opening import opened

    address = world.addresses.wallet if world.plan.production_like else f"{world.addresses.theatre}/guide"
    with opened(world, address) as line:
        yield line


def _announce(world: World, browser: str | None) -> None:
    from scenarios.observe import Bank
    from scenarios.terminal import terminal

    screen = terminal()
    screen.table(("who", "address", "what for"), _rows(world))
    payee = world.people[1]
    number = Bank(world.home).account_numbers(payee.login_name)["I"]
    screen.line(f"Somebody to pay: {payee.name} ({payee.name_en}), account {number}")
    screen.line(f"CA certificate for your client: {world.authority}")
    if not world.plan.passphrase.kept:
        screen.line("The keys live as long as this run. Set BANK_SANDBOX_PASSPHRASE to keep a home.")
    if world.plan.weakened:
        screen.warning(f"THIS BANK IS WEAKENED: {', '.join(sorted(world.plan.weakened))} — every record says so.")
    if browser is not None:
        screen.line(browser)
    screen.line("Ctrl-C stops everything.")


def _rows(world: World) -> list[tuple[str, str, str]]:
    urls = world.addresses.urls()
    user = world.people[0]
    marker = world.home.marker()
    operator = colleagues(marker.seed if marker else world.plan.seed)[0]
    rows = [
        ("theatre", urls["theatre"], "what passes between them, live; guide, plays, attacks: start here"),
        ("wallet", urls["wallet"], "the application"),
        ("bank", urls["pages"], f"log in as {user.login_name} / {user.password}"),
        ("phone", urls["phone"], f"the bank's codes for {user.phone}"),
        ("portal", urls["portal"], "the bank's pages for developers"),
        ("console", urls["console"], f"the bank's staff: log in as {operator.login_name} / {operator.password}"),
        ("gateway", urls["gateway"], f"the bank's API, suite {world.plan.suite}; /openapi.json"),
        ("control", urls["control"], "the sandbox's clock and switches"),
    ]
    return [each for each in rows if each[0] not in _SANDBOXES_OWN] if world.plan.production_like else rows
