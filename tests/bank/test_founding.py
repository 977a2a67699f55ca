"""Founding a bank: whole or not at all, once, with every secret sealed."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bank_sim.audit import verify
from bank_sim.bank import unlock
from bank_sim.config import Config
from bank_sim.core.auditor import audit as audit_books
from bank_sim.founding import AlreadyFounded, found_bank, register_application
from bank_sim.keys import WrongPassphrase
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.problems import PARAM_INVALID, Problem
from bank_sim.store import Store

PASSPHRASE = b"a passphrase for a test"
NOW_S = 1_767_225_600.0


@dataclass(frozen=True)
class Person:
    name: str
    id_number: str
    phone: str
    login_name: str
    password: str


PEOPLE = [
    Person("王小明", "990101198001010017", "15412345678", "wangxiaoming", "a good password"),
    Person("李大红", "990101199002020026", "15487654321", "lidahong", "a better password"),
]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    home = tmp_path_factory.mktemp("home")
    config = Config(home=home, ca_certificate=home / "ca.crt", tls_certificate=home / "t.crt", tls_key=home / "t.key")
    found_bank(config, PASSPHRASE, PEOPLE, 7, NOW_S)
    return config


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with closing(Store(config.database)) as store:
        yield store


def test_everybody_has_a_login_and_accounts_of_three_classes(store: Store) -> None:
    assert store.read("SELECT count(*) FROM customers") == [(2,)]
    rows = store.read(
        "SELECT login_name, account_class FROM credentials JOIN accounts USING (customer_id)"
        " ORDER BY login_name, account_class"
    )
    assert rows == [(person.login_name, each) for person in (PEOPLE[1], PEOPLE[0]) for each in ("I", "II", "III")]


def test_the_books_balance_and_the_log_is_empty(store: Store) -> None:
    assert audit_books(store.db.conn).balanced
    assert verify(store).count == 0


@pytest.mark.clause("7.3.4-2.2")
def test_no_file_holds_a_person_or_a_password_in_clear(config: Config) -> None:
    files = [path for path in config.folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    content = b"".join(path.read_bytes() for path in files)
    for person in PEOPLE:
        for value in (person.name, person.id_number, person.phone, person.password):
            assert value.encode() not in content
    assert PASSPHRASE not in content


def test_the_folders_are_the_owners_alone(config: Config) -> None:
    for folder in (config.keys_folder, config.log_file.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_bank_is_not_founded_twice(config: Config) -> None:
    before = config.vault_file.read_bytes()
    with pytest.raises(AlreadyFounded):
        found_bank(config, b"another passphrase", PEOPLE, 7, NOW_S)
    assert config.vault_file.read_bytes() == before
    assert unlock(config, PASSPHRASE).keys.jwks()["keys"]


def test_a_founding_that_failed_is_done_again(tmp_path: Path) -> None:
    config = Config(
        home=tmp_path, ca_certificate=tmp_path / "c", tls_certificate=tmp_path / "t", tls_key=tmp_path / "k"
    )
    twins = [PEOPLE[0], PEOPLE[0]]
    with pytest.raises(Exception, match="UNIQUE"):
        found_bank(config, PASSPHRASE, twins, 7, NOW_S)
    assert not config.database.exists()
    assert len(found_bank(config, PASSPHRASE, PEOPLE, 7, NOW_S)) == 6


def test_the_same_seed_issues_the_same_accounts(config: Config, tmp_path: Path) -> None:
    other = Config(home=tmp_path, ca_certificate=tmp_path / "c", tls_certificate=tmp_path / "t", tls_key=tmp_path / "k")
    issued = [each.account_number for each in found_bank(other, PASSPHRASE, PEOPLE, 7, NOW_S)]
    with closing(Store(config.database)) as store:
        assert {row[0] for row in store.read("SELECT account_number FROM accounts")} == set(issued)


def registration() -> dict[str, object]:
    keys = [keypairs.generate("gm", use).public.jwk() for use in ("sig", "enc")]
    return {
        "name": "Wallet",
        "suite": "gm",
        "redirect_uris": ["https://wallet.localhost:8442/callback"],
        "jwks": {"keys": keys},
        "apis": "payments",
    }


def test_an_application_gets_its_credentials_once_and_the_banks_keys(config: Config, store: Store) -> None:
    credentials = register_application(config, PASSPHRASE, registration(), NOW_S)
    assert credentials["bank_jwks"] == unlock(config, PASSPHRASE).keys.jwks()
    assert len(credentials["app_secret"]) >= 43
    ((sealed,),) = store.read(
        "SELECT material FROM application_keys WHERE app_id = ? AND use = 'mac'", (credentials["app_id"],)
    )
    assert credentials["app_secret"].encode() not in sealed
    assert credentials["app_secret"].encode() in unlock(config, PASSPHRASE).vault.unseal(sealed)


def test_a_wrong_passphrase_registers_nobody(config: Config) -> None:
    with pytest.raises(WrongPassphrase):
        register_application(config, b"wrong", registration(), NOW_S)


def test_a_document_with_an_unknown_member_is_refused(config: Config) -> None:
    with pytest.raises(Problem) as caught:
        register_application(config, PASSPHRASE, registration() | {"admin": True}, NOW_S)
    assert caught.value.kind is PARAM_INVALID
