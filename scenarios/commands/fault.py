"""``bank-sandbox fault``: let things go wrong between the bank and its applications, on purpose and in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from scenarios.commands import options


class _Span(click.ParamType[int]):
    """A length of time as people write it, in seconds."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from scenarios.durations import seconds_of

        try:
            return int(value) if isinstance(value, int) else seconds_of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Number(click.ParamType[tuple[str, int]]):
    """``name=number``."""

    name = "name=number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        name, _, number = str(value).partition("=")
        try:
            return name, int(number)
        except ValueError:
            self.fail(f"{value!r} is no name=number, such as ms=500", param, ctx)


@click.group("fault", short_help="Let things go wrong on purpose, for partners to rehearse.")
def command() -> None:
    """Let things go wrong between the bank and its applications: late, lost or broken answers, a full disk, and more.

    Faults stand until they are cleared or the bank stops. Every record, log line and page says that they are on.

    \b
    Examples:
      bank-sandbox fault kinds
      bank-sandbox fault add latency --set ms=800 --api accounts.balances
      bank-sandbox fault add answer_lost --api transfers.execute --count 1
      bank-sandbox fault add server_error --share 20 --seed 7 --every 10m --for 1m
      bank-sandbox fault list
      bank-sandbox fault clear
    """


@command.command(short_help="Switch a fault on.")
@click.argument("kind")
@click.option("--set", "numbers", type=_Number(), multiple=True, help="A number of the fault; may be repeated.")
@click.option("--app", "app_id", metavar="APP_ID", help="Only calls of this application.")
@click.option("--api", "api_id", metavar="API_ID", help="Only this interface, oauth.token and the like, or event type.")
@click.option("--share", "share_percent", type=click.IntRange(1, 100), help="How many of these calls, in percent.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed hits the same calls.")
@click.option("--count", type=click.IntRange(min=1), help="Over after so many hits.")
@click.option("--after", "after_s", type=_Span(), help="Begin so much later by the virtual clock: 10m")
@click.option("--for", "for_s", type=_Span(), help="Last so long.")
@click.option("--every", "every_s", type=_Span(), help="And begin anew so often.")
@click.option("--until", "until_s", type=_Span(), help="Be over for good after so long.")
@options.home
@options.as_json
def add(kind: str, numbers: tuple[tuple[str, int], ...], home: Path, as_json: bool, **order: Any) -> None:
    """Switch a fault of KIND on; ``fault kinds`` lists them."""
    from scenarios.running import control_of

    asked = {name: value for name, value in order.items() if value is not None}
    with control_of(home) as control:
        fault = control.add_fault(kind, parameters=dict(numbers), **asked)
    click.echo(json.dumps(fault) if as_json else _line(fault))


@command.command("list", short_help="List the faults that stand.")
@options.home
@options.as_json
def show(home: Path, as_json: bool) -> None:
    """List the faults that stand, and how many calls each has hit."""
    from scenarios.running import control_of

    with control_of(home) as control:
        standing = control.faults()
    if as_json:
        click.echo(json.dumps(standing))
        return
    for each in standing["faults"]:
        click.echo(_line(each))
    if not standing["faults"]:
        click.echo("No fault is on.")


@command.command(short_help="Switch faults off.")
@click.argument("fault_id", required=False)
@options.home
@options.as_json
def clear(fault_id: str | None, home: Path, as_json: bool) -> None:
    """Switch the fault FAULT_ID off; all without a name."""
    from scenarios.running import control_of

    with control_of(home) as control:
        cleared = control.clear_faults(fault_id)
    click.echo(json.dumps({"cleared": cleared}) if as_json else f"Faults switched off: {cleared}")


@command.command(short_help="List the kinds of faults.")
@options.as_json
def kinds(as_json: bool) -> None:
    """List the kinds of faults, their numbers, and what a sound application does about each."""
    from bank_sim.sandbox.faults import KINDS

    if as_json:
        click.echo(json.dumps([_kind(each) for each in KINDS.values()], ensure_ascii=False))
        return
    for each in KINDS.values():
        numbers = " ".join(f"{number.name}={number.default}" for number in each.parameters)
        click.echo(f"{each.name}  {numbers}".rstrip())
        click.echo(f"    {each.en}")
        click.echo(f"    A sound application: {each.sound_en}")


def _kind(kind: Any) -> dict[str, Any]:
    numbers = {each.name: {"default": each.default, "min": each.least, "max": each.most} for each in kind.parameters}
    facts = {name: getattr(kind, name) for name in ("name", "done", "shared", "en", "zh", "sound_en", "sound_zh")}
    return facts | {"parameters": numbers}


def _line(fault: dict[str, Any]) -> str:
    """One fault in one line."""
    numbers = " ".join(f"{name}={value}" for name, value in fault["parameters"].items())
    whom = f"{fault['app_id'] or 'all applications'}, {fault['api_id'] or 'all interfaces'}"
    share = "" if fault["share_percent"] == 100 else f", {fault['share_percent']} % of the calls"
    most = f" of {fault['count']}" if fault["count"] else ""
    what = f"{fault['kind']} {numbers}".rstrip()
    return f"{fault['fault_id']}  {fault['state']:<5} {what}; {whom}{share}; hit {fault['hit']}{most}"
