"""The console at its counter: staff with passwords, a browser that keeps cookies, and a bank that was called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlencode

import pytest
from flask import Flask

from bank_sim import audit, gateway, staff
from bank_sim.console import create_app
from bank_sim.staff import journal
from tests.bank_in_process import Founded, OpenedBank
from tests.branch import Reply, browse


@dataclass(frozen=True, slots=True)
class Member:
    login_name: str
    name: str
    role: str
    password: str


OPERATOR = Member("chen", "陈晨", "operator", "an operator's words")
REVIEWER = Member("lin", "林丽", "reviewer", "a reviewer's words")
SECOND_REVIEWER = Member("wu", "吴敏", "reviewer", "another reviewer's words")
AUDITOR = Member("zhou", "周正", "auditor", "an auditor's words")
STAFF = (OPERATOR, REVIEWER, SECOND_REVIEWER, AUDITOR)


class House:
    """The bank, opened, with its console and its gateway."""

    def __init__(self, founded: Founded) -> None:
        self.founded = founded
        self._opened = OpenedBank(founded, gateway.DEFENCES | staff.DEFENCES)
        self.bank, self.clock, self.switches = self._opened.bank, self._opened.clock, self._opened.switches
        self.app: Flask = create_app(self.bank)

    def entries(self) -> list[journal.Chained]:
        """The staff's journal, the newest first."""
        return journal.newest(self.bank.store)

    def records(self) -> list[dict[str, object]]:
        return list(self.bank.store.db.query("SELECT * FROM access_log ORDER BY serial"))

    def close(self) -> None:
        assert audit.verify(self.bank.store).holds
        assert journal.verify(self.bank.store).holds
        self._opened.close()


class Screen:
    """A browser of the staff: cookies and forms, and no redirect followed by itself."""

    def __init__(self, house: House, language: str = "en", source: str = "127.0.0.1") -> None:
        self.house = house
        self.language = language
        self.source = source
        self.cookies: dict[str, str] = {}
        self.page = Reply(0, [], b"")

    def get(self, target: str) -> Reply:
        return self._go("GET", target, b"")

    def post(self, target: str, **fields: str) -> Reply:
        return self._go("POST", target, urlencode(fields).encode())

    def submit(self, action: str, **fields: str) -> Reply:
        """Fill in the form of the current page that leads to ``action``, and send it."""
        forms = re.findall(r'<form method="post" action="([^"]*)".*?</form>', self.page.text, re.DOTALL)
        assert unquote(action) in [unquote(unescape(each)) for each in forms], (
            f"no form leads to {action}, only to {forms}"
        )
        csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', self.page.text)[0]
        return self.post(action, csrf=csrf, **fields)

    def follow(self) -> Reply:
        assert self.page.status == 303, self.page.text
        return self.get(self.page.header("location"))

    def log_in(self, member: Member) -> Screen:
        self.get("/login")
        self.submit("/login", login_name=member.login_name, password=member.password)
        self.follow()
        return self

    def act(self, name: str, subject: str, reason: str = "because of the drill", **fields: str) -> Reply:
        """Ask, and confirm."""
        self.get(f"/act/{name}/{subject}")
        if self.page.status != 200:
            return self.page
        return self.submit(f"/act/{name}/{subject}", reason=reason, **fields)

    def _go(self, method: str, target: str, body: bytes) -> Reply:
        headers = [("host", "console.localhost:8446"), ("accept-language", self.language)]
        self.page = browse(self.house.app, method, target, headers, body, cookies=self.cookies, source=self.source)
        return self.page


@pytest.fixture(scope="session")
def staffed(founding: Founded, tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """The founded bank with people at work; hashing their passwords once is enough."""
    founded = founding.copied_to(tmp_path_factory.mktemp("staffed"))
    opened = OpenedBank(founded, ())
    with opened.bank.store.write() as db:
        for each in STAFF:
            staff.enrol(db, each)
    opened.bank.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    opened.close()
    return founded


@pytest.fixture
def house(staffed: Founded, tmp_path: Path) -> Iterator[House]:
    house = House(staffed.copied_to(tmp_path))
    yield house
    house.close()


@pytest.fixture
def screen_of(house: House) -> Callable[..., Screen]:
    """A browser in which somebody has logged in."""
    return lambda member, **changes: Screen(house, **changes).log_in(member)
