"""What the bank tells applications: at once, in order, again after an outage, and believed only from the bank."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import msgspec

from scenarios.registry import scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Stage
from scenarios.texts import Text

_LOOK_S = 0.05
_FOUR_DAYS_S = 4 * 86_400


class Shop:
    """An application's server, less careful than it should be: it takes whatever is posted, while it is ``up``."""

    def __init__(self) -> None:
        self.up = True
        self.taken: list[dict[str, Any]] = []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if shop.up:
                    shop.taken.append(msgspec.json.decode(body))
                self.send_response(204 if shop.up else 503)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: what was posted is looked at."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def open(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever, args=(_LOOK_S,))
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


@scenario(
    "events-delivered",
    kind="lifecycle",
    clauses=("7.1-6.3", "10.4-1.3", "9.3.3-1.1", "9.3.2-1.2.2"),
    summary_en="A user revokes at the bank and the wallet knows at once; a shop that was down for days gets what it"
    " missed; probes tell a sound application from a careless one.",
    summary_zh="用户在银行撤销授权，钱包即刻得知；停机数日的商户补收所缺通知；回调探测分辨安全与疏忽的应用方。",
)
def events_delivered(stage: Stage) -> None:
    """1. Revoked at the bank, ended at the wallet, though it asks for nothing. 2. A shop misses two events and, after
    days, gets a dead letter and an alarm; it is replayed. 3. Both are probed: the wallet passes, the shop does not.
    4. Who may not probe is refused; nothing is probed that gave no address.
    """
    _revoked_and_told(stage)
    shop = Shop()
    with shop.open():
        app_id = _registered(stage, shop)
        _missed_and_replayed(stage, shop, app_id)
        _probed(stage, app_id)
    _refused(stage, app_id)


def _revoked_and_told(stage: Stage) -> None:
    user = stage.linked_user()
    user.see_balances()
    consent_id = _consent_of(stage)
    user.revoke_consent()
    started = time.monotonic()
    stage.eventually(
        lambda: not stage.wallet.is_linked(consent_id), Text("the wallet hears of the revocation", "钱包得知撤销")
    )
    took_s = time.monotonic() - started
    # A figure, not a bound: how busy the machine is, is no property of the bank.
    told = Text(
        f"the wallet has ended the link without asking, after {took_s:.2f} s", f"钱包未经轮询，{took_s:.2f}秒后结束关联"
    )
    stage.require(not stage.wallet.is_linked(consent_id), told)
    heard = Text("it keeps the event that told it", "钱包留存了该事件")
    stage.require(("consent.revoked", consent_id) in stage.wallet.events(), heard, stage.wallet.events())


def _missed_and_replayed(stage: Stage, shop: Shop, app_id: str) -> None:
    at_work(stage, "operator").act("suspend_application", app_id, "drill: a first event")
    stage.eventually(lambda: len(shop.taken) == 1, Text("the first event arrives", "第一条通知送达"))
    shop.up = False
    at_work(stage, "reviewer").act("propose_resumption", app_id, "drill: a second event")
    decider = at_work(stage, "reviewer", 1)
    decider.act("approve_proposal", _proposal(decider, app_id), "drill: agreed")
    stage.eventually(
        lambda: stage.bank.deliveries_to(app_id) == ["delivered", "pending"],
        Text("the second event waits", "第二条通知待送达"),
    )
    stage.advance(_FOUR_DAYS_S)
    stage.eventually(
        lambda: stage.bank.deliveries_to(app_id) == ["delivered", "dead"], Text("the bank gives up", "银行停止重试")
    )
    alarm = Text("after three days it is a dead letter, with an alarm", "三天未送达转为死信并告警")
    stage.require(("EVENTS_UNDELIVERED", app_id) in stage.bank.alarms(), alarm, stage.bank.alarms())
    shop.up = True
    operator = at_work(stage, "operator")
    operator.act("replay_dead_letters", app_id, "drill: the shop is up again")
    stage.eventually(lambda: len(shop.taken) == 2, Text("the dead letter arrives", "死信送达"))
    numbers = [each["sequence"] for each in shop.taken]
    again = Text("posted again, it arrives under its old number", "重新推送后按原序号送达")
    stage.require(numbers == [1, 2], again, numbers)
    noted = Text("the bank notes that it arrived", "银行记录为已送达")
    stage.eventually(lambda: stage.bank.deliveries_to(app_id) == ["delivered", "delivered"], noted)
    page = operator.act("replay_dead_letters", app_id, "drill: once more")
    nothing = Text("where there is no dead letter, none is posted", "没有死信时不予重放")
    stage.require("RESOURCE_NOT_FOUND" in page.text and len(shop.taken) == 2, nothing, page.text[:80])


def _is_probed(stage: Stage, app_id: str) -> bool:
    return stage.bank.probe_of(app_id) is not None


def _probed(stage: Stage, app_id: str) -> None:
    operator, wallet = at_work(stage, "operator"), stage.bank.wallet_app_id()
    for each in (wallet, app_id):
        operator.act("probe_callbacks", each, "drill: inspection before going live")
        stage.eventually(partial(_is_probed, stage, each), Text("the probes come back", "探测返回结果"))
    findings = stage.bank.probe_of(wallet)
    sound = Text("the wallet takes the bank's event and refuses six forgeries", "钱包接收真实事件并拒绝六条伪造事件")
    stage.require(findings is not None and all(findings.values()) and len(findings) == 7, sound, findings)
    careless = {name for name, is_sound in (stage.bank.probe_of(app_id) or {}).items() if not is_sound}
    found = Text(
        "the careless shop believes all of them, and the bank knows it", "疏忽的商户全部采信，银行记为检查发现"
    )
    stage.require(len(careless) == 6, found, careless)


def _refused(stage: Stage, app_id: str) -> None:
    silent = stage.partner("silent")
    page = at_work(stage, "operator").act("probe_callbacks", silent.app_id, "drill: it gave no address")
    nowhere = Text("an application without an address is not probed", "未登记地址的应用方无法探测")
    stage.require("RESOURCE_NOT_FOUND" in page.text, nowhere, page.text[:80])
    before = stage.bank.probe_of(app_id)
    page = at_work(stage, "auditor").act("probe_callbacks", app_id, "drill: not an auditor's to do")
    allowed = Text("who only audits may not probe", "审计员无权发起探测")
    stage.require("STAFF_ROLE_REQUIRED" in page.text and stage.bank.probe_of(app_id) == before, allowed, page.text[:80])


def _registered(stage: Stage, shop: Shop) -> str:
    registration = {
        "name": f"shop-{stage.user.person_id}", "suite": stage.world.plan.suite, "apis": "public",
        "redirect_uris": [f"{shop.origin}/callback"], "events_url": f"{shop.origin}/events",
    }  # fmt: skip
    return str(stage.world.control.register(registration)["app_id"])


def _consent_of(stage: Stage) -> str:
    return str([each["consent_id"] for each in stage.bank.records_since(stage.start) if each["consent_id"]][-1])


def _proposal(desk: StaffDesk, app_id: str) -> str:
    """The open proposal to resume an application, as its page links it for those who may decide."""
    links = [link.href for link in desk.see(f"/applications/{app_id}").document.links]
    return next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]
