"""The portal of a running sandbox, used in one browser by somebody who is developer and user in turn.

The handbook's programs run beside it, with the credentials that the portal hands out.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bank_sim.portal.handbook import FOLDER, PAGES
from scenarios.observe import Bank
from scenarios.passphrase import ephemeral
from scenarios.world import Plan, World, running_world
from user_sim.browser import Page
from user_sim.driver import HeadlessUser, Places
from user_sim.http_browser import LoopbackTransport
from user_sim.persona import Intention

AMOUNT, AMOUNT_FEN = "12.34", 12_34
_BLOCK = re.compile(r"^<!-- (run|file|read)(?:: ([\w.]+))? -->\n```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("portal") / ".sandbox"
    plan = Plan(home=home, passphrase=ephemeral(), port_base=0, people=2, environment=dict(os.environ))
    with running_world(plan) as world:
        yield world


@dataclass(slots=True)
class Both:
    """Developer and user in one browser."""

    world: World
    user: HeadlessUser

    def open(self, path: str) -> Page:
        return self.user.browser.open(self.world.addresses.portal + path)

    def send(self, action: str, press: tuple[str, str] | None = None, **answers: str) -> Page:
        """Send the form of the page shown that leads to ``action``. ``__`` in names is a dot."""
        page = self.user.browser.page
        assert page is not None
        form = next(each for each in page.document.forms if urlsplit(each.action).path == action)
        given = {name.replace("__", "."): value for name, value in answers.items()}
        return self.user.browser.submit(form, given, form.button(*press) if press else None)

    def make_application(self, suite: str) -> Page:
        self.open("/register")
        return self.send("/register", name="Books", suite=suite, profile="payments")

    def call(self, api_id: str, **answers: str) -> Page:
        self.open(f"/try/{api_id}")
        return self.send(f"/try/{api_id}", ("act", "send"), **answers)

    def agree(self, page: Page, meant: Intention | None = None) -> Page:
        """Go to the bank from the page of a pushed request, and come back."""
        (address,) = (each for each in links(page) if "/authorize?" in each)
        return self.user.at_bank(address, meant=meant)


def links(page: Page) -> list[str]:
    return [each.href for each in page.document.links]


@pytest.fixture
def both(world: World) -> Iterator[Both]:
    places = Places(world.addresses.wallet, world.addresses.pages, world.addresses.phone)
    with HeadlessUser(world.people[0], places, world.authority, languages="en") as user:
        yield Both(world, user)


@pytest.mark.clause("12.1-5")
@pytest.mark.parametrize("suite", ["gm", "intl"])
def test_a_developer_gets_from_nothing_to_a_payment_without_leaving_the_portal(
    world: World, both: Both, suite: str
) -> None:
    payee = world.people[1]
    books = Bank(world.home)
    number = books.account_numbers(payee.login_name)["I"]
    before = books.mark()
    both.make_application(suite)
    assert "proven to be the bank" in both.call("rates.list").text

    both.open("/tokens")
    page = both.agree(both.send("/tokens/accounts"))
    assert "The token is kept" in page.text
    assert "proven to be the bank" in both.call("accounts.list").text
    page = both.call("accounts.balance")
    assert re.search(r'"available_balance": "\d+\.\d\d"', page.text)

    page = both.call(
        "transfers.create", body__amount=AMOUNT, sealed__creditor_account=number, sealed__creditor_name=payee.name
    )
    assert '"state": "created"' in page.text
    both.open("/tokens")
    page = both.agree(both.send("/tokens/payment"), Intention(number, payee.name, AMOUNT))
    assert "The token is kept" in page.text
    page = both.call("transfers.execute", body__amount=AMOUNT)
    assert '"state": "executed"' in page.text

    (posting,) = books.postings_since(before)
    assert (posting.creditor_number, posting.amount_fen) == (number, AMOUNT_FEN)
    calls = both.open("/application/calls").text
    assert calls.count("/api/") >= 5


def test_a_token_is_introspected_refreshed_and_revoked_in_view(both: Both) -> None:
    both.make_application("intl")
    both.open("/tokens")
    both.agree(both.send("/tokens/accounts"))
    names = re.findall(r"/tokens/(account_information-\w+)/introspect", _actions(both.open("/tokens")))
    assert len(names) == 1
    assert '"active": true' in both.send(f"/tokens/{names[0]}/introspect").text
    both.open("/tokens")
    assert "The token is kept" in both.send(f"/tokens/{names[0]}/refresh").text
    both.open("/tokens")
    assert "proven to be the bank" in both.send(f"/tokens/{names[0]}/revoke").text
    assert "TOKEN_REVOKED" in both.call("accounts.list").text


def test_a_user_who_declines_comes_back_to_an_explanation(both: Both) -> None:
    both.make_application("intl")
    both.open("/tokens")
    page = both.send("/tokens/accounts")
    (address,) = (each for each in links(page) if "/authorize?" in each)
    page = both.user.browser.open(address)
    form = next(form for form in page.document.forms if "deny" in [each.value for each in form.offered("decision")])
    page = both.user.browser.submit(form, {}, form.button("decision", "deny"))
    assert page.location.path == "/callback"
    assert "access_denied" in page.text


def _actions(page: Page) -> str:
    return " ".join(form.action for form in page.document.forms)


# The handbook's programs


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A developer's folder: credentials.json of each suite as downloaded, the Python text of a first call, the home."""
    folder = tmp_path_factory.mktemp("developer")
    (folder / ".sandbox").symlink_to(world.home.path)
    origin = world.addresses.portal
    for suite in ("gm", "intl"):
        with httpx.Client(transport=LoopbackTransport(world.authority), base_url=origin) as browser:
            form = {"name": "Programs", "suite": suite, "profile": "payments"}
            # The transport turns names into addresses, which a cookie jar would take for other hosts.
            cookie = {"cookie": browser.post("/register", data=form).headers["set-cookie"].partition(";")[0]}
            csrf = re.search(r'name="csrf" value="(\w+)"', browser.get("/issued", headers=cookie).text)
            assert csrf is not None
            issued = browser.post("/issued/download", data={"csrf": csrf[1]}, headers=cookie)
            fields = {"csrf": csrf[1], "proof": "secret", "act": "send"}
            location = browser.post("/try/rates.list", data=fields, headers=cookie).headers["location"]
            shown = browser.get(location, headers=cookie).text
        (folder / suite).mkdir()
        recipe = re.search(r'aria-label="Python">(.*?)</pre>', shown, re.DOTALL)
        assert recipe is not None
        (folder / suite / "recipe.py").write_text(
            f"from bank import bank\n\n{html.unescape(recipe[1])}\nbank.close()\n"
        )
        (folder / suite / "credentials.json").write_bytes(issued.content)
        (folder / suite / ".sandbox").symlink_to(world.home.path)
    return folder


def blocks() -> list[tuple[str, str, str, str, str]]:
    """Language of the handbook, kind, argument, programming language and text of every marked block."""
    return [
        (language, *found)
        for language in ("en", "zh")
        for name in PAGES
        for found in _BLOCK.findall((FOLDER / language / f"{name}.md").read_text())
    ]


@pytest.mark.clause("12.1-5")
@pytest.mark.parametrize(("language", "suite"), [("en", "intl"), ("zh", "gm")])
def test_the_programs_of_the_handbook_run_as_they_stand(folder: Path, language: str, suite: str) -> None:
    here = folder / suite
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = 0
    for spoken, kind, argument, tongue, text in blocks():
        if spoken != language or kind == "read":
            continue
        if kind == "file":
            (here / argument).write_text(text)
            continue
        if argument == "intl" and (suite != "intl" or not _at_hand("curl", "openssl")):
            continue
        command = [sys.executable, "-W", "error", "-c", text] if tongue == "python" else ["sh", "-euc", text]
        done = subprocess.run(
            command, cwd=here, env=os.environ | {"PATH": programs}, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), text
        assert done.stdout.strip(), text
        ran += 1
    assert ran >= 4
    recipe = [sys.executable, "-W", "error", "recipe.py"]
    done = subprocess.run(recipe, cwd=here, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "annual_rate_percent" in done.stdout


def _at_hand(*programs: str) -> bool:
    return all(shutil.which(each) for each in programs)
