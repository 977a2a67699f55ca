"""The user reads codes from the phone's page: the right one, once, and waits for one that is on its way."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from user_sim import phone_screen
from user_sim.http_browser import HttpBrowser, LoopbackTransport
from user_sim.phone_screen import NoMessage, PhoneScreen

if TYPE_CHECKING:
    from tests.user.conftest import PhoneProcess

Send = Callable[[str], None]
_NUMBERS = itertools.count(1)


@pytest.fixture
def number() -> str:
    """A phone number for each test."""
    return f"154{next(_NUMBERS):08d}"


@pytest.fixture
def send(phone: PhoneProcess, number: str) -> Iterator[Send]:
    with phone.client() as client:
        yield lambda text: client.post(phone.sms_url, json={"to": number, "text": text}).raise_for_status()


@pytest.fixture
def screen(phone: PhoneProcess, number: str) -> Iterator[PhoneScreen]:
    browser = HttpBrowser(LoopbackTransport(phone.ca_certificate), "zh-CN")
    yield PhoneScreen(browser, phone.url, number)
    browser.close()


@pytest.mark.parametrize(
    "text",
    [
        "验证码135790，3分钟内有效。您正向**明（622100******7890）付款100000.00元。",
        "Paying CNY 123456.78 to 622100******7890. Code 135790, never tell it.",
        "Your code is 135790.",
    ],
)
def test_the_code_is_told_from_amounts_and_account_numbers(screen: PhoneScreen, send: Send, text: str) -> None:
    send(text)
    message = screen.wait_for_code()
    assert (message.code, message.text) == ("135790", text)


def test_a_code_is_read_once(screen: PhoneScreen, send: Send) -> None:
    send("code 111111")
    assert screen.wait_for_code().code == "111111"
    send("code 222222")
    assert screen.wait_for_code().code == "222222"


def test_what_was_put_aside_is_not_read_again(screen: PhoneScreen, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    send("code 111111")
    screen.put_aside()
    monkeypatch.setattr(phone_screen, "PATIENCE_S", 0.1)
    with pytest.raises(NoMessage):
        screen.wait_for_code()


def test_a_message_without_a_code_is_no_code(screen: PhoneScreen, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    send("You paid 100000.00 to 622100******7890 on 2026-01-31.")
    monkeypatch.setattr(phone_screen, "PATIENCE_S", 0.1)
    with pytest.raises(NoMessage):
        screen.wait_for_code()


def test_the_user_waits_for_a_message_on_its_way(screen: PhoneScreen, send: Send) -> None:
    later = threading.Timer(0.2, send, ["code 333333"])
    later.start()
    try:
        assert screen.wait_for_code().code == "333333"
    finally:
        later.join()
