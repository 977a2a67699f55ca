"""docs/examples/whole_flow.py from consent to payment, with a user who walks the bank's pages as people do."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bank_sim.sdk.protocol.amounts import parse_fen
from bank_sim.sdk.protocol.masking import mask_name
from scenarios.observe import Bank
from scenarios.ports import free_ports
from tests.docs.conftest import Desk
from user_sim.driver import Declined, HeadlessUser, Places
from user_sim.people import Person
from user_sim.persona import Intention

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "whole_flow.py"
AMOUNT, AMOUNT_FEN = "12.34", 12_34
ADDRESS = "Open in a browser: "
PATIENCE_S = 60


@pytest.fixture
def shop(desk: Desk) -> list[str]:
    """The arguments of a partner who registered as docs/wire.md says."""
    (signing, signing_public), (opening, opening_public) = desk.key_pair("sig"), desk.key_pair("enc")
    callback = f"http://127.0.0.1:{free_ports().wallet}/callback"
    options = ("--public-key", signing_public, "--sealing-key", opening_public, "--redirect-uri", callback)
    credentials = desk.register("shop", *map(str, options))
    keys = ("--signing-key", str(signing), "--opening-key", str(opening))
    return [str(credentials), *keys, "--callback", callback, "--amount", AMOUNT]


@contextmanager
def running(arguments: list[str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", str(EXAMPLE), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def printed_address(process: subprocess.Popen[str], said: list[str]) -> str:
    """The next address that the program asks to open, what it says before goes to ``said``; its end fails the test."""
    assert process.stdout is not None
    assert process.stderr is not None
    for line in process.stdout:
        if line.startswith(ADDRESS):
            return line.removeprefix(ADDRESS).strip()
        said.append(line.strip())
    raise AssertionError(process.stderr.read())


@contextmanager
def playing(desk: Desk, person: Person) -> Iterator[HeadlessUser]:
    addresses = desk.world.addresses
    places = Places(addresses.wallet, addresses.pages, addresses.phone)
    with HeadlessUser(person, places, desk.world.authority) as user:
        yield user


@pytest.mark.clause("6.2-5", "12.1-5")
def test_a_stranger_links_an_account_and_pays(desk: Desk, shop: list[str]) -> None:
    payer, payee = desk.world.people[:2]
    books = Bank(desk.world.home)
    own, payees = books.account_numbers(payer.login_name)["I"], books.account_numbers(payee.login_name)["I"]
    before, balance_fen = books.mark(), books.balance_fen(own)
    said: list[str] = []

    with (
        playing(desk, payer) as user,
        running([*shop, "--payee-account", payees, "--payee-name", payee.name]) as program,
    ):
        user.at_bank(printed_address(program, said))
        back = user.at_bank(printed_address(program, said), meant=Intention(payees, payee.name, AMOUNT))
        rest, errors = program.communicate(timeout=PATIENCE_S)
        said += rest.splitlines()

    assert (program.returncode, errors) == (0, "")
    assert "Back at the application" in back.text
    (posting,) = books.postings_since(before)
    assert (posting.debtor_number, posting.creditor_number, posting.amount_fen) == (own, payees, AMOUNT_FEN)
    assert books.balance_fen(own) == balance_fen - AMOUNT_FEN
    first, ordered, executed, second = said
    assert ordered.endswith(f"is created, to {mask_name(payee.name)}")
    assert executed.endswith(f"is executed, serial {posting.serial}")
    assert _balance_fen(first) - _balance_fen(second) == AMOUNT_FEN


def _balance_fen(line: str) -> int:
    """``999910*******3274 holds 1234.56 CNY`` as 123456."""
    return parse_fen(line.removesuffix(" CNY").rpartition(" ")[2])


def test_a_user_who_declines_leaves_the_money_where_it_is(desk: Desk, shop: list[str]) -> None:
    payee, payer = desk.world.people[1:3]
    books = Bank(desk.world.home)
    payees = books.account_numbers(payee.login_name)["I"]
    before = books.mark()
    said: list[str] = []

    with (
        playing(desk, payer) as user,
        running([*shop, "--payee-account", payees, "--payee-name", payee.name]) as program,
    ):
        user.at_bank(printed_address(program, said))
        address = printed_address(program, said)
        with pytest.raises(Declined):
            user.at_bank(address, meant=Intention(payees, payee.name, "1.00"))
        _, errors = program.communicate(timeout=PATIENCE_S)

    assert program.returncode == 1
    assert "access_denied" in errors
    assert "Traceback" not in errors
    assert books.postings_since(before) == []


@pytest.mark.clause("9.3.1-2")
def test_a_payee_whose_name_is_wrong_is_named_as_the_fault(desk: Desk, shop: list[str]) -> None:
    payee, payer = desk.world.people[1], desk.world.people[3]
    payees = Bank(desk.world.home).account_numbers(payee.login_name)["I"]
    said: list[str] = []

    with (
        playing(desk, payer) as user,
        running([*shop, "--payee-account", payees, "--payee-name", "某某某"]) as program,
    ):
        user.at_bank(printed_address(program, said))
        _, errors = program.communicate(timeout=PATIENCE_S)

    assert program.returncode == 1
    assert "PAYEE_MISMATCH" in errors
