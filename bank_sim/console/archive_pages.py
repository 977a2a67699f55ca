"""What is over its time: the archives, a search through them, and how long each kind of record is kept."""

from __future__ import annotations

from flask import Response

from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.records import searching
from bank_sim.records.chains import CHAINS
from bank_sim.records.classes import CLASSES, RetentionClass
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import proposals

_DAY_S = 86_400


def show_archives(visit: Visit) -> Response:
    """Every archive there is or was; what is searched for stands in the address. PARAM_INVALID."""
    archives = visit.bank.archives
    chain = next((each for each in CHAINS if each.name == visit.asked("chain")), CHAINS[0])
    typed = {name: visit.asked(name) for name in chain.sought}
    facts = {name: value for name, value in typed.items() if value}
    found, problem = [], None
    try:
        found = searching.search(archives, visit.store, chain, facts) if facts else []
    except Problem as refusal:
        problem = visit.refusal = refusal
    listed = archives.listed(visit.store)
    return page(
        visit,
        "archives",
        problem.kind.status if problem else 200,
        problem=problem,
        archives=listed,
        judged={each.file: each.why for each in archives.verify(visit.store)} if visit.asked("verify") else None,
        waiting={
            each.anchor.file
            for each in listed
            if proposals.open_for(visit.store, "destroy_archive", each.anchor.file) is not None
        },
        chains=CHAINS,
        chain=chain,
        typed=typed,
        asked=bool(facts),
        found=found,
        shown_max=searching.SHOWN_MAX,
        classes=[(each, _days(visit, each)) for each in CLASSES],
        names=visit.premises.names(visit.language),
    )


def download_archive(visit: Visit, file: str) -> Response:
    """The archive itself, an SQLite file. RESOURCE_NOT_FOUND."""
    content = visit.bank.archives.path(visit.store, file).read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(content, content_type="application/vnd.sqlite3", headers=headers)


def _days(visit: Visit, kept: RetentionClass) -> int | None:
    return kept.least_s(visit.bank.config.policy) // _DAY_S if kept.least_s is not None else None
