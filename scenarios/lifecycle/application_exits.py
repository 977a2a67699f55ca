"""Two applications leave the bank: the wallet, which cleans up by itself, and a shop that has to be asked.

Every step is asked for too early once, and refused; then everything that they had is worth nothing, at once.
"""

from __future__ import annotations

import httpx

from bank_sim.sdk.deletion import state_deletion
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate
from scenarios.outcome import SERVED, outcome
from scenarios.partner import Partner
from scenarios.registry import scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Stage
from scenarios.texts import Text
from scenarios.verification import account_numbers, residue
from user_sim.http_browser import LoopbackTransport, opener

_WHY = "drill: the cooperation ends"
_LEAD_S, _ORDER_S = 30 * 86_400, 16 * 60


@scenario(
    "application-exits",
    kind="lifecycle",
    clauses=("9.4-1.1", "9.4-1.2", "9.4-1.3", "9.4-1.4", "9.4-2.1", "9.2.1-a-2.2", "9.1.1-2.1"),
    summary_en="Two applications leave: users are told a month ahead, orders settle, then keys, tokens and"
    " consents are void at once; the wallet deletes by itself, which its statement and a search of its files prove.",
    summary_zh="两家应用方退出：提前一个月告知用户，在途结清，随后密钥、证书、令牌、授权一次性作废；钱包自动删除数据，"
    "由签名声明和残留检查证实。",
)
def application_exits(stage: Stage) -> None:
    """1. Announced by two people; users are told. 2. Nothing new begins, what is under way is settled. 3. Void at once.
    4. On record. 5. Deletion stated and looked for. 6. Closed; the record is still found.
    """
    user = stage.linked_user()
    user.see_balances()
    shop = stage.partner("leaver")
    leaving = _Leaving(stage, shop, shop.linked(stage.customer_of(shop, stage.user)))
    leaving.is_announced()
    leaving.begins_nothing_new()
    leaving.is_void()
    leaving.is_on_record()
    leaving.is_deleted()
    leaving.is_closed()


class _Leaving:
    """The story so far. ``wallet``: the App_ID of the other one that leaves."""

    def __init__(self, stage: Stage, shop: Partner, token: str) -> None:
        self.stage = stage
        self.shop = shop
        self.token = token
        self.wallet = stage.bank.wallet_app_id()
        self.operator, self.reviewer = at_work(stage, "operator"), at_work(stage, "reviewer")
        self.transfer_id = ""

    def is_announced(self) -> None:
        self._refuses("propose_voiding", "EXIT_STEPS_PENDING", Text("thrown out from one day to the next", "直接清退"))
        for app_id in (self.shop.app_id, self.wallet):
            self.operator.act("propose_exit", app_id, _WHY)
            proposal = _proposal(self.reviewer, app_id)
            alone = self.operator.act("approve_proposal", proposal, _WHY)
            claim = Text("who proposes an exit cannot agree to it", "提请退出者不能自行批准")
            self.stage.require("STAFF_ROLE_REQUIRED" in alone.text, claim, alone.text[:120])
            self.reviewer.act("approve_proposal", proposal, _WHY)
        phone = self.stage.wallet_user().phone
        heard = Text("the user hears from the bank on which day it ends", "用户收到银行短信，得知终止日期")
        self.stage.eventually(lambda: sum("终止与我行合作" in each for each in phone.messages()) == 2, heard)
        order = self._ordered()
        claim = Text("until then it works as before", "公告期内照常使用")
        self.stage.require(order == SERVED, claim, order)

    def begins_nothing_new(self) -> None:
        for app_id in (self.shop.app_id, self.wallet):
            self.operator.act("stop_business", app_id, _WHY)
        claim = Text("a new order is refused", "不再受理新订单")
        refused = self._ordered()
        self.stage.require(refused == "APP_LEAVING", claim, refused)
        asked = outcome(self.shop.ask_for_accounts)
        claim = Text("it may not ask a user for anything new", "不得再向用户申请新授权")
        self.stage.require(asked != SERVED, claim, asked)
        self._refuses(
            "settle_exit", "TRANSFERS_PENDING", Text("settled while an order is open", "有在途订单即确认结清")
        )
        self._passes(_ORDER_S)
        for app_id in (self.shop.app_id, self.wallet):
            self.operator.act("settle_exit", app_id, _WHY)
        self._refuses("propose_voiding", "LEAD_TIME_RUNNING", Text("before the announced day", "未到公告的终止日期"))
        self._refuses("archive_exit", "EXIT_STEPS_PENDING", Text("put on record before it is void", "未作废先归档"))
        served = outcome(lambda: self.shop.accounts(self.token))
        claim = Text("what the user agreed to serves until the last day", "截止日前，用户既有授权照常有效")
        self.stage.require(served == SERVED, claim, served)

    def is_void(self) -> None:
        self._passes(_LEAD_S)
        for app_id in (self.shop.app_id, self.wallet):
            self.operator.act("propose_voiding", app_id, _WHY)
            self.reviewer.act("approve_proposal", _proposal(self.reviewer, app_id), _WHY)
        for what, act in {
            Text("its next call", "再次调用"): lambda: self.shop.client.call("rates.list", "GET", "/api/rates"),
            Text("its token", "原令牌"): lambda: self.shop.accounts(self.token),
        }.items():
            found = outcome(act)
            claim = Text(f"{what.en} is refused with APP_EXITED", f"{what.zh}被拒绝（APP_EXITED）")
            self.stage.require(found == "APP_EXITED", claim, found)
        states = {
            each["state"]
            for each in self.stage.bank.consents(self.stage.user.login_name)
            if each["app_id"] in (self.shop.app_id, self.wallet)
        }
        claim = Text("every consent given to them has ended", "授予两家应用方的授权均已终止")
        self.stage.require(states <= {"revoked", "expired"}, claim, states)
        self.operator.see("/alarms")
        alarm = Text("that it still calls is an alarm", "退出后仍调用触发告警")
        found_alarms = self.stage.bank.alarms()
        self.stage.require(("EXITED_STILL_CALLS", self.shop.app_id) in found_alarms, alarm, found_alarms)

    def is_on_record(self) -> None:
        self._refuses("close_exit", "EXIT_STEPS_PENDING", Text("closed without a record", "未归档即结案"))
        for app_id in (self.shop.app_id, self.wallet):
            self.operator.act("archive_exit", app_id, _WHY)
        self._refuses("close_exit", "EXIT_STEPS_PENDING", Text("closed without a deletion", "未删除数据即结案"))
        kid = self.shop.keys.signing.kid
        page = self.operator.see(f"/supervision?find={kid}")
        claim = Text("the record is found by the fingerprint of a void key", "凭已作废密钥的指纹可检索归档记录")
        self.stage.require(self.shop.app_id in page.text, claim, page.text[:120])

    def is_deleted(self) -> None:
        suite, now_s = self.stage.world.plan.suite, int(self.shop.now_s())
        forged = self._states(self.shop.app_id, self._statement(generate(suite, "sig"), now_s))
        claim = Text("a statement by somebody else's key proves nothing", "他人密钥签署的声明无效")
        self.stage.require("DELETION_UNPROVEN" in forged, claim, forged[:200])
        early = self._states(self.shop.app_id, self._statement(self.shop.keys.signing, now_s - _LEAD_S))
        claim = Text("nor does one that was made before the end", "退出生效前签署的声明无效")
        self.stage.require("DELETION_UNPROVEN" in early, claim, early[:200])
        taken = self._states(self.shop.app_id, self._statement(self.shop.keys.signing, now_s))
        claim = Text("the shop's own statement, by its void key, is taken", "商户以已作废的自有密钥签署声明，予以采信")
        self.stage.require("DELETION_UNPROVEN" not in taken, claim, taken[:200])
        own = Text(
            "the wallet heard of it, deleted everything and signed that it did", "钱包得知退出后自动删除数据并签署声明"
        )
        self.stage.eventually(lambda: self._wallets_statement() != "", own)
        self._states(self.wallet, self._wallets_statement())
        world = self.stage.world
        searched = residue(world.home, world.people, account_numbers(world.home))
        claim = Text(
            "no file of the wallet holds anything that users trusted to the bank", "钱包文件中未发现任何用户敏感数据"
        )
        self.stage.require(searched.holds, claim, searched.sentence)

    def is_closed(self) -> None:
        for app_id in (self.shop.app_id, self.wallet):
            self.operator.act("close_exit", app_id, _WHY)
            page = self.operator.see(f"/supervision/{app_id}")
            links = {link.href for link in page.document.links}
            claim = Text("the exit is closed, its record can be read", "退出已结案，归档记录可查")
            self.stage.require(any(each.startswith("/supervision/archive/") for each in links), claim, page.text[:120])
        self._refuses("propose_exit", "STATE_CHANGED", Text("left once more", "重复退出"))

    # How they go about it

    def _refuses(self, action: str, code: str, what: Text) -> None:
        page = self.operator.act(action, self.shop.app_id, _WHY)
        claim = Text(f"{what.en}: refused ({code})", f"{what.zh}：拒绝（{code}）")
        self.stage.require(code in page.text, claim, page.text[:200])

    def _passes(self, seconds: int) -> None:
        """Time passes; sessions of the staff do not outlast it."""
        self.stage.advance(seconds)
        self.shop.follow_clock()
        self.operator, self.reviewer = at_work(self.stage, "operator"), at_work(self.stage, "reviewer")

    def _ordered(self) -> str:
        """What becomes of a fresh order of the user's."""
        payee = self.stage.numbers(self.stage.payee)["I"]
        account = self.shop.paying_account(self.token)
        return outcome(lambda: self.shop.order_transfer(self.token, account, "1.00", payee, self.stage.payee.name))

    def _statement(self, key: PrivateKey, at_s: int) -> str:
        return state_deletion(key, self.shop.app_id, {"tokens": 1}, {"journal": "for its six months"}, at_s)

    def _states(self, app_id: str, statement: str) -> str:
        """Hand a statement in at the bank's portal, as anybody may. The text of the page that comes back."""
        world = self.stage.world
        browser = (self.stage.browsers or opener(world.authority))(
            "computer", self.stage.languages, self.stage.on_visit
        )
        self.stage.closing.callback(browser.close)
        form = browser.open(f"{world.addresses.portal}/exit").form_with("app_id", "statement")
        assert form is not None, "the portal shows no form for statements"
        return browser.submit(form, {"app_id": app_id, "statement": statement}).text

    def _wallets_statement(self) -> str:
        """As the wallet publishes it; "" while it has made none."""
        world = self.stage.world
        with httpx.Client(transport=LoopbackTransport(world.authority)) as anybody:
            answer = anybody.get(f"{world.addresses.wallet}/kept/statement")
        return answer.text if answer.status_code == httpx.codes.OK else ""


def _proposal(desk: StaffDesk, app_id: str) -> str:
    """The open proposal about an application, as its page links it for those who may decide."""
    links = [link.href for link in desk.see(f"/supervision/{app_id}").document.links]
    return next(each for each in links if each.startswith("/act/approve_proposal/")).rpartition("/")[2]
