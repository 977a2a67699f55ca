"""The page about the wallet's own data tells all of it, as it is, to the one whose it is; and deleting deletes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from app_sim import holdings


@pytest.mark.clause("12.2-1.1.2")
def test_every_column_of_the_database_is_described(wallet: Any) -> None:
    found = {
        row["name"]: [column["name"] for column in wallet.store.read(f'PRAGMA table_info("{row["name"]}")')]
        for row in wallet.store.read("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not row["name"].startswith("sqlite_")
    }
    assert found == {name: list(columns) for name, columns in holdings.TABLES.items()}


def test_every_file_of_the_wallet_is_described(wallet: Any, visitor: Any, town: Any) -> None:
    visitor.sign_in().link(town).pay(town)
    found = holdings.files(wallet.config)
    assert {each.name for each in found} == {
        each.relative_to(wallet.config.home).as_posix() for each in wallet.config.home.rglob("*") if each.is_file()
    }
    assert [each.name for each in found if each.kind == "unexpected" or not each.is_private] == []


def test_a_file_that_others_may_read_is_told_apart(wallet: Any) -> None:
    home = wallet.config.home
    (home / "errors.log").touch(mode=0o644)
    for mode, private in ((0o755, False), (0o700, True)):
        home.chmod(mode)
        assert [each.is_private for each in holdings.files(wallet.config) if each.name == "errors.log"] == [private]


def test_what_nobody_described_is_shown_as_that(wallet: Any, visitor: Any) -> None:
    visitor.sign_in()
    wallet.store.db.execute("CREATE TABLE marketing (user_id TEXT, phone TEXT)")
    user_id = wallet.store.read("SELECT user_id FROM users")[0]["user_id"]
    wallet.store.db.execute("INSERT INTO marketing VALUES (?, '15400000001')", (user_id,))
    Path(wallet.config.home / "balances.csv").write_text("x")
    page = visitor.get("/kept").text
    assert 'data-table="marketing"' in page
    assert "not described" in page
    assert re.search(r'data-kind="unexpected">\s*<td[^>]*><code>balances.csv', page)


def test_somebody_sees_their_own_records_and_nobody_elses(
    wallet: Any, visitor: Any, visitor_of: Any, town: Any
) -> None:
    visitor.sign_in("Lux").link(town).pay(town)
    order_no = wallet.store.read("SELECT order_no FROM payments")[0]["order_no"]
    assert order_no in visitor.get("/kept").text
    for stranger in (visitor_of(wallet).sign_in("Eve"), visitor_of(wallet)):
        page = stranger.get("/kept").text
        assert 'data-table="payments"' in page
        assert order_no not in page
        assert "Lux" not in page


def test_what_is_sealed_is_shown_as_a_length_only(wallet: Any, visitor: Any, town: Any) -> None:
    page = visitor.sign_in().link(town).get("/kept").text
    sealed = wallet.store.read("SELECT access_sealed FROM links")[0]["access_sealed"]
    assert f"{len(sealed)} bytes of ciphertext" in page
    assert sealed.hex() not in page


@pytest.mark.clause("12.3-2.2")
def test_the_log_is_verified_when_asked_for(wallet: Any, visitor: Any, town: Any) -> None:
    visitor.sign_in().link(town)
    assert re.search(r"All \d+ records hold", visitor.get("/kept", verify="now").text)
    wallet.store.db.execute("DROP TRIGGER journal_is_not_rewritten")
    wallet.store.db.execute("UPDATE journal SET result = 'failure' WHERE seq = 2")
    assert "Record 2 does not hold" in visitor.get("/kept", verify="now").text


@pytest.mark.clause("9.3.3-4")
def test_deleting_takes_back_the_consent_and_everything_that_tells_who_it_was(
    wallet: Any, visitor: Any, town: Any
) -> None:
    visitor.sign_in("Lux").link(town).pay(town)
    assert "Your data is deleted" in visitor.submit(visitor.get("/kept"), "/forget").text
    for table in ("users", "sessions", "flows", "links"):
        assert wallet.store.read(f"SELECT * FROM {table}") == []
    refreshing = town.bank.store.read("SELECT revoked FROM tokens WHERE kind = 'refresh'")
    assert refreshing == [(1,)]
    assert visitor.get("/history").status_code == 401
    assert wallet.journal.verify().first_bad_seq is None


def test_nothing_is_deleted_while_a_payments_result_is_unknown(wallet: Any, visitor: Any, town: Any) -> None:
    visitor.sign_in().link(town).pay(town)
    wallet.store.db.execute("UPDATE payments SET state = 'unknown'")
    page = visitor.submit(visitor.get("/kept"), "/forget")
    assert page.status_code == 409
    assert len(wallet.store.read("SELECT * FROM users")) == 1


@pytest.fixture
def aided(town: Any, tmp_path: Path, visitor_of: Any) -> Any:
    """A visitor of a wallet with aids, and one of a wallet without."""
    payees = tmp_path / "payees.json"
    payees.write_text(f'{{"payees": [{{"name": "{town.payee_name}", "account": "{town.payee_account}"}}]}}')
    return lambda aids: town.open_wallet(town.wallet_config("gm", aids=aids, aids_file=payees))


def test_an_aid_searches_the_files_for_what_only_the_bank_should_know(aided: Any, visitor_of: Any, town: Any) -> None:
    wallet = aided(True)
    visitor = visitor_of(wallet).sign_in("Luminous").link(town)
    visitor.pay(town)
    for sought, said in (
        (town.payee_account, "Not found in"),
        (town.payee_name, "Not found in"),
        ("Luminous", "Found in: wallet.db"),
        ("ab", "a little more"),
    ):
        assert said in visitor.submit(visitor.get("/kept"), "/kept", sought=sought).text
    assert holdings.contains(wallet.config, town.payee_account) == []
    wallet.close()


def test_an_aid_fills_in_a_payee_when_asked_and_never_before(aided: Any, visitor_of: Any, town: Any) -> None:
    wallet = aided(True)
    visitor = visitor_of(wallet).sign_in().link(town)
    page = visitor.get("/pay").text
    assert 'class="aid"' in page
    assert town.payee_account not in page
    assert town.payee_name not in page
    filled = visitor.get("/pay", fill="1").text
    assert f'value="{town.payee_account}"' in filled
    assert f'value="{town.payee_name}"' in filled
    for other in ("0", "2", "-1", "x"):
        assert town.payee_account not in visitor.get("/pay", fill=other).text
    wallet.close()


def test_without_aids_there_is_no_trace_of_them(aided: Any, visitor_of: Any, town: Any) -> None:
    wallet = aided(False)
    visitor = visitor_of(wallet).sign_in().link(town)
    for path, query in (("/kept", {}), ("/pay", {}), ("/pay", {"fill": "1"})):
        page = visitor.get(path, **query).text
        assert 'class="aid"' not in page
        assert town.payee_account not in page
    csrf = re.search(r'name="csrf" value="(\w+)"', visitor.get("/").text)
    assert csrf is not None
    assert visitor.post("/kept", csrf=csrf[1], sought="something").status_code == 404
    wallet.close()
