"""A program on the user's device records all there is to record while a password is typed on the bank's keypad."""

from __future__ import annotations

import re

from scenarios import eye
from scenarios.attacks.stolen_login import alert_code
from scenarios.frame import Frame, FrameVisit
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

_AS_ON_A_PHONE = "1234567890"
_AMOUNT = "9.90"
_BETWEEN_CODES_S = 61


@scenario(
    "keypad-recorded",
    kind="attack",
    clauses=("7.2.2-3.1.1", "7.2.2-3.1.2"),
    summary_en="A recorder on the user's device keeps the page, its key events and the places that were pressed; where"
    " digits stand anew on each keypad, that spells no password.",
    summary_zh="用户设备上的记录程序截取页面、按键事件与点击位置；键盘数字每次随机排列，拼不出密码。",
    defence=Defence("keypad_scrambled", "ATK-SDK-03", 401, "LOGIN_FAILED", "data"),
)
def keypad_recorded(stage: Stage) -> Attempt:
    """The recorder is no camera: it gets what programs get, the page as a tree, the clipboard, accessible names and
    clicks. Afterwards it tries what a keypad like every phone's would have meant."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    token = shop.linked(user)
    payee = stage.numbers(stage.payee)["I"]
    order = shop.order_transfer(token, shop.paying_account(token), _AMOUNT, payee, stage.payee.name)
    stage.attack_begins()
    recorded, places = _typed(stage, shop, str(order.data["transfer_id"]))
    _tells_no_digit(stage, recorded)
    # A code was sent to the user for the payment; where another one is asked for too soon, that alone would be told.
    stage.advance(_BETWEEN_CODES_S)
    guess = "".join(_AS_ON_A_PHONE[each] for each in places)
    rival = stage.partner("rival")
    thief = stage.customer_of(rival, stage.stranger).browser
    login = thief.open(rival.ask_for_accounts().url).form_with("login_name", "password")
    assert login is not None
    page = thief.submit(login, {"login_name": stage.user.login_name, "password": guess})
    if code := alert_code(page):
        return Attempt(page.status, code)
    return Attempt(page.status, read="the user's password" if guess == stage.user.password else None)


def _typed(stage: Stage, shop: Partner, transfer_id: str) -> tuple[str, list[int]]:
    """The user types the password in the bank's frame. What the recorder has: the page and its picture as text, and
    the places that were pressed."""
    _, form = shop.embed_payment(transfer_id)
    with FrameVisit(stage.world.authority, form.frame_url) as visit:
        page = visit.page()
        frame = Frame.read(page)
        picture = visit.picture(frame)
        places = eye.places_of(picture, stage.user.password)
        step = shop.client.embedded.hand_over(form.session, frame.pressed(places))
    taken = Text("the user reads the keypad and the bank takes the password", "用户看图输入，银行验证通过")
    stage.require(step.next == "otp", taken, step.next)
    return page + picture, places


def _tells_no_digit(stage: Stage, recorded: str) -> None:
    """Neither text nor attribute of a key differs by its digit, and every stroke is of one length."""
    absent = Text("the password stands nowhere in what was recorded", "记录内容中不含密码")
    stage.require(stage.user.password not in recorded, absent)
    keys = re.findall(r"<button[^>]*data-keypad-key[^>]*>([^<]*)</button>", recorded)
    blank = Text("the keys are ten placeholders without a word", "十个按键均为无文字的占位符")
    stage.require(len(keys) == 10 and not any(each.strip() for each in keys), blank, keys)
    strokes = {len(each) for each in re.findall(r'<path d="([^"]+)"', recorded)}
    alike = Text("the picture's strokes do not differ in length, nor does it hold text", "图形笔画长度一致，且不含文字")
    stage.require(len(strokes) == 1 and "<text" not in recorded, alike, strokes)
