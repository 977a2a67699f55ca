"""An embedded form of the branch's bank: the application's end of it, and the frame that its user sees."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scenarios.frame import Frame
from tests.bank_in_process import PEOPLE
from tests.branch import Branch, Reply
from tests.browser import Browser
from tests.client import Client

PASSWORD = PEOPLE[0].password


class Form:
    """One embedded form: the application's end of it, and the frame that its user sees."""

    def __init__(self, branch: Branch, client: Client, payer: int = 0, **changes: Any) -> None:
        self.branch, self.client = branch, client
        self.transfer_id = branch.transfer(client.app_id, payer=payer, payee=1 - payer, **changes)
        detail = {"type": "payment", "validity": "once", "transfer_id": self.transfer_id}
        self.pushed = client.ask(detail)
        self.opened = client.post("embedded", {"request_uri": self.pushed.json["request_uri"]}, signed=True)

    @property
    def secret(self) -> str:
        return str(self.opened.json["embedded_session"])

    def page(self, language: str = "en") -> Reply:
        parts = urlsplit(self.opened.json["frame_url"])
        return Browser(self.branch, language).get(f"{parts.path}?{parts.query}")

    def frame(self) -> Frame:
        return Frame.read(self.page().text)

    def relay(self, sealed: str | None, **changes: Any) -> Reply:
        form = {"embedded_session": self.secret, "sealed": sealed} | changes
        given = {name: value for name, value in form.items() if value is not None}
        return self.client.post("embedded/proof", given, signed=True)

    def type(self, digits: str, **ticks: str) -> Reply:
        return self.relay(self.frame().sealed(digits, **ticks))

    def confirmed(self) -> Reply:
        assert self.type(PASSWORD).json["next"] == "otp"
        return self.type(self.branch.code())
