"""A user's browser on the branch's pages: cookies and forms, and no redirect followed by itself."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.bank_in_process import PEOPLE
from tests.branch import Branch, Reply, browse

CALLBACK = "https://wallet.localhost:8442/callback"


class Browser:
    def __init__(self, branch: Branch, language: str = "en", source: str = "127.0.0.1", agent: str = "one") -> None:
        self.branch = branch
        self.language = language
        self.source = source
        self.agent = agent
        self.cookies: dict[str, str] = {}
        self.page = Reply(0, [], b"")

    def get(self, target: str) -> Reply:
        return self._go("GET", target, b"")

    def head(self, target: str) -> Reply:
        return self._go("HEAD", target, b"")

    def post(self, target: str, fields: list[tuple[str, str]] | dict[str, str]) -> Reply:
        return self._go("POST", target, urlencode(fields).encode())

    def submit(self, action: str, boxes: tuple[str, ...] = (), **fields: str) -> Reply:
        """Fill in the form of the current page that leads to ``action``, tick all boxes of these names, send it."""
        form = self.page.text.partition(f'action="{action}"')[2].partition("</form>")[0]
        filled = []
        for tag in re.findall(r"<input[^>]*>", form):
            given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            if "name" not in given:
                continue
            wanted = given["name"] in boxes if given.get("type") == "checkbox" else given["name"] not in fields
            filled += [(given["name"], given.get("value", ""))] if wanted else []
        assert filled, f"no form leads to {action}"
        return self.post(action, [*filled, *fields.items()])

    def follow(self) -> Reply:
        """Where the redirect leads, within the bank."""
        assert self.page.status == 303, self.page.text
        return self.get(self.page.header("location"))

    def open(self, location: str) -> Reply:
        self.get(location)
        return self.follow()

    def log_in(self, person: int = 0, action: str = "/authorize/login") -> Reply:
        somebody = PEOPLE[person]
        self.submit(action, login_name=somebody.login_name, password=somebody.password)
        return self.follow()

    def agree(self, location: str, person: int = 0) -> dict[str, str]:
        """All the way to the application's callback; its parameters."""
        self.open(location)
        self.log_in(person)
        if "read_notice" in self.page.text:
            self.submit("/authorize/notice", boxes=("read_notice",))
            self.follow()
            self.submit("/authorize/decision", boxes=("agree", "account"), otp=self.branch.code(), decision="approve")
        else:
            self.submit("/authorize/factor", otp=self.branch.code())
            self.follow()
            self.submit("/authorize/decision", boxes=("agree", "account"), decision="approve")
        return self.answer()

    def answer(self) -> dict[str, str]:
        """The parameters with which the bank sends the browser back to the application."""
        assert self.page.status == 303, self.page.text
        location = self.page.header("location")
        assert location.startswith(CALLBACK)
        return dict(parse_qsl(urlsplit(location).query))

    def _go(self, method: str, target: str, body: bytes) -> Reply:
        headers = [("host", "bank.localhost:8441"), ("accept-language", self.language), ("user-agent", self.agent)]
        self.page = browse(self.branch.pages, method, target, headers, body, cookies=self.cookies, source=self.source)
        return self.page
