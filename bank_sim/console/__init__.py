"""The operator console: what the bank's own people see of their interfaces and do about them (JR/T 0185 10.1, 10.5).

    serving     who asks, whether they may look, record, harden      asking    the page that asks before an action acts
    actions     everything that can be done, as a table               deeds/    what each of them does
    overview, …_pages                                                 what there is to see

Pages hold no rules: ``staff`` says who may, ``monitor`` what is the case, ``registry`` and ``identity`` do it. The
console knows no customer's data beyond identifiers; of a payment under review it shows what the core masks.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, abort, request

from bank_sim.bank import Bank
from bank_sim.console import (
    admission_pages,
    alarm_pages,
    application_pages,
    archive_pages,
    asking,
    customer_pages,
    entering,
    event_pages,
    export_pages,
    interface_pages,
    key_pages,
    log_pages,
    oversight_pages,
    overview,
    quota_pages,
    reconciliation_pages,
    restriction_pages,
    risk_pages,
    supervision_pages,
)
from bank_sim.console.premises import Premises
from bank_sim.console.serving import PageRow, served
from bank_sim.web import choose_language, is_own_page, moment, page_headers, refuse_strays, shared_pages
from bank_sim.web.moments import moment_iso

__all__ = ["create_app"]

# No more than the store counts to.
_NUMBER = "int(max=9007199254740991)"
_ACT = "/act/<name>/<path:subject>"
_PAGES = (
    PageRow("GET", "/login", "console.login", None, entering.show_login),
    PageRow("POST", "/login", "console.login", None, entering.log_in),
    PageRow("POST", "/logout", "console.logout", "", entering.log_out),
    PageRow("GET", "/", "console.overview", "traffic", overview.show),
    PageRow("GET", "/live", "console.live", "traffic", overview.refresh, refreshes=True),
    PageRow("GET", "/alarms", "console.alarms", "alarms", alarm_pages.show_alarms),
    PageRow("GET", f"/alarms/<{_NUMBER}:alarm_id>", "console.alarms", "alarms", alarm_pages.show_alarm),
    PageRow("GET", "/incidents", "console.incidents", "incidents", alarm_pages.show_incidents),
    PageRow("GET", f"/incidents/<{_NUMBER}:incident_id>", "console.incidents", "incidents", alarm_pages.show_incident),
    PageRow("GET", "/applications", "console.applications", "applications", application_pages.show_applications),
    PageRow(
        "GET", "/applications/<app_id>", "console.applications", "applications", application_pages.show_application
    ),
    PageRow("GET", "/admission", "console.admission", "admission", admission_pages.show_queue),
    PageRow("GET", "/admission/<case_id>", "console.admission", "admission", admission_pages.show_case),
    PageRow("GET", "/interfaces", "console.interfaces", "interfaces", interface_pages.show_interfaces),
    PageRow(
        "GET", "/interfaces/<api_id>/<version>", "console.interfaces", "interfaces", interface_pages.show_interface
    ),
    PageRow(
        "GET",
        "/interfaces/<api_id>/<version>/archive",
        "console.interfaces",
        "interfaces",
        interface_pages.download_archive,
    ),
    PageRow("GET", "/keys", "console.keys", "bank_keys", key_pages.show_keys),
    PageRow("GET", "/events", "console.events", "events", event_pages.show_events),
    PageRow("GET", "/events/<app_id>", "console.events", "events", event_pages.show_application),
    PageRow("GET", "/sdk", "console.sdk", "sdk", event_pages.show_builds),
    PageRow("GET", "/supervision", "console.supervision", "supervision", supervision_pages.show_overview),
    PageRow(
        "GET",
        "/supervision/archive/<exit_id>",
        "console.supervision",
        "supervision",
        supervision_pages.download_archive,
    ),
    PageRow("GET", "/supervision/<app_id>", "console.supervision", "supervision", supervision_pages.show_application),
    PageRow("GET", "/risk", "console.risk", "risk", risk_pages.show_risk),
    PageRow("GET", f"/risk/<{_NUMBER}:case_id>", "console.risk", "risk", risk_pages.show_case),
    PageRow("GET", "/reconciliation", "console.reconciliation", "reconciliation", reconciliation_pages.show_overview),
    PageRow(
        "GET",
        "/reconciliation/<app_id>",
        "console.reconciliation",
        "reconciliation",
        reconciliation_pages.show_application,
    ),
    PageRow("GET", "/blacklist", "console.blacklist", "blacklist", restriction_pages.show_blacklist),
    PageRow("GET", "/blacklist/new", "console.blacklist", "blacklist", restriction_pages.choose_source),
    PageRow("GET", "/throttles", "console.throttles", "throttles", restriction_pages.show_throttles),
    PageRow("GET", "/quotas", "console.quotas", "quotas", quota_pages.show_quotas),
    PageRow("GET", "/quotas/<app_id>", "console.quotas", "quotas", quota_pages.show_application),
    PageRow("GET", "/quotas/<app_id>/choose", "console.quotas", "set_quota", quota_pages.choose_limit),
    PageRow("GET", "/log", "console.log", "log", log_pages.show_log),
    PageRow("GET", f"/log/<{_NUMBER}:serial>", "console.log", "log", log_pages.show_record),
    PageRow("GET", "/exports", "console.exports", "log", export_pages.show_exports),
    PageRow("GET", "/exports/<subject>", "console.exports", "propose_log_export", export_pages.download),
    PageRow("GET", "/customers", "console.customers", "customers", customer_pages.show_customer),
    PageRow("GET", "/archives", "console.archives", "archives", archive_pages.show_archives),
    PageRow("GET", "/archives/<file>", "console.archives.download", "take_archive", archive_pages.download_archive),
    PageRow("GET", "/proposals", "console.proposals", "proposals", oversight_pages.show_proposals),
    PageRow("GET", "/journal", "console.journal", "journal", oversight_pages.show_journal),
    PageRow("GET", "/audit", "console.audit", "journal", oversight_pages.show_audit),
    PageRow("GET", _ACT, "console.act", "", asking.ask),
    PageRow("POST", _ACT, "console.act", "", asking.act),
    PageRow("GET", "/language", "console.language", None, lambda visit: choose_language(visit.request)),
)
_OWN_FILES = {"console.css": "text/css", "console.js": "text/javascript"}


def create_app(bank: Bank) -> Flask:
    """The console as a web application of its own, for a listener of its own."""
    premises = Premises.of(bank)
    app = Flask("bank_sim.console", static_folder=None)
    app.register_blueprint(shared_pages())
    app.register_blueprint(_pages(premises))
    # A defect reaches the edge, which answers it opaquely, instead of becoming one of the refusals below.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    refuse_strays(
        app,
        bank.config.console_url,
        lambda handler: served(premises, PageRow("GET", "", "console.unknown", None, handler)),
    )
    return app


def _pages(premises: Premises) -> Blueprint:
    pages = Blueprint("console", __name__, template_folder="templates")
    for row in _PAGES:
        endpoint = f"{row.method} {row.path}".replace(".", "-")
        pages.add_url_rule(
            row.path, endpoint, served(premises, row), methods=[row.method], provide_automatic_options=False
        )
    _serve_own_files(pages)
    if premises.bank.config.aids:
        pages.add_url_rule("/aids/staff", "aids", lambda: _aids(premises), provide_automatic_options=False)
    pages.add_app_template_filter(_at, "at")
    pages.add_app_template_filter(_clock, "clock")
    pages.add_app_template_filter(_milliseconds, "milliseconds")
    pages.add_app_template_filter(_percent, "percent")
    return pages


def _serve_own_files(pages: Blueprint) -> None:
    """Style and script, from memory, kept by browsers under the version of their content."""
    folder = Path(__file__).parent / "static"
    contents = {name: (folder / name).read_bytes() for name in _OWN_FILES}
    versions = {name: sha256(content).hexdigest()[:16] for name, content in contents.items()}

    def serve(name: str) -> Response:
        if name not in contents:
            abort(404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
        return Response(contents[name], mimetype=_OWN_FILES[name], headers=headers)

    pages.add_url_rule("/console/<name>", "file", serve, methods=["GET"], provide_automatic_options=False)
    pages.add_app_template_global(lambda name: f"/console/{name}?v={versions[name]}", "own_file")


def _aids(premises: Premises) -> Response:
    """Whom a sandbox's login form may be filled in for, fetched by a click that is marked as an aid.

    For this console's own pages: 404 for the scripts of other sites.
    """
    if not is_own_page(request, premises.bank.config.console_url):
        abort(404)
    try:
        people = msgspec.json.decode(premises.bank.config.aids_file.read_bytes()).get("staff", [])
    except OSError:
        people = []
    return Response(msgspec.json.encode(people), mimetype="application/json", headers=page_headers())


def _at(time_ms: int) -> str:
    """A moment to the second, Beijing time."""
    return moment_iso(time_ms // 1000)[:19].replace("T", " ")


def _clock(time_ms: int) -> str:
    """The time of day to the minute, Beijing time."""
    return moment(time_ms // 1000)[11:]


def _milliseconds(time_us: int | None) -> str:
    """A time of answer as people compare it: ``0.8 ms``, ``12 ms``, ``1,250 ms``."""
    if time_us is None:
        return "–"
    return f"{time_us / 1000:.1f} ms" if time_us < 10_000 else f"{time_us // 1000:,} ms"


def _percent(permille: int | None) -> Any:
    """``99.9 %`` of 999 permille; a dash where there is nothing to have a share of."""
    return "–" if permille is None else f"{permille // 10}.{permille % 10}%"
