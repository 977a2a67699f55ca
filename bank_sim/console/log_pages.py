"""The access log: a search by facts and times, and one record in full."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from flask import Response

from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.monitor import search
from bank_sim.monitor.search import EXACT, Sought
from bank_sim.records import searching
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem


def show_log(visit: Visit) -> Response:
    """What is asked for stands in the address, so that a search can be handed on."""
    visit.premises.watch.look(visit.store)
    typed = {name: visit.asked(name) for name in (*EXACT, "face", "from", "to", "below")}
    if "face" not in visit.request.args and not any(typed.values()):
        typed["face"] = "calls"
    problem, found = None, search.Found([], None)
    try:
        found = search.search(visit.store, _sought(typed, visit.asked_number("below")))
    except Problem as refusal:
        problem = visit.refusal = refusal
    asked = {name: value for name, value in typed.items() if value and name != "below"}
    return page(
        visit,
        "log",
        problem.kind.status if problem else 200,
        problem=problem,
        typed=typed,
        asked=asked.keys() - {"face"} != set(),
        faces=("", *search.FACES),
        found=found,
        older=f"/log?{urlencode(asked | {'below': found.below})}" if found.below else None,
        read_max=search.READ_MAX,
        names=visit.premises.names(visit.language),
        api_ids=sorted({api_id for api_id, _ in visit.bank.lives.designs}),
    )


def show_record(visit: Visit, serial: int) -> Response:
    """RESOURCE_NOT_FOUND."""
    try:
        record = search.record(visit.store, serial)
    except Problem:
        # It may have moved to an archive.
        record = searching.record(visit.bank.archives, visit.store, serial)
    visit.app_id = record["app_id"] if record["app_id"] != "-" else None
    return page(visit, "record", record=record, kind=problems.CATALOGUE.get(record["code"] or ""))


def _sought(typed: dict[str, str], below: int | None) -> Sought:
    """PARAM_INVALID for a time that cannot be read."""
    facts = {name: typed[name] for name in EXACT if typed[name]}
    return Sought(
        facts=facts,
        face=typed["face"],
        from_ms=_moment_ms(typed["from"]),
        to_ms=_moment_ms(typed["to"]),
        below=below,
    )


def _moment_ms(text: str) -> int | None:
    """``2026-01-31T10:00`` as a browser's field sends it, in Beijing time."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(f"{text}+08:00")
    except ValueError as error:
        raise problems.PARAM_INVALID.problem("Write a time as 2026-01-31T10:00.") from error
    return int(moment.timestamp() * 1000)
