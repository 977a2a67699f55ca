"""Secrets at rest: the vault, and the bank's keys behind it."""

from __future__ import annotations

import sqlite3
import stat
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_sim.keys import SCHEMA, BankKeys, Custodian, Rotation, SealBroken, Vault, WrongPassphrase, custody, ring
from bank_sim.keys.custody import Change
from bank_sim.keys.ring import RingKey
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Store, Transaction

PASSPHRASE = b"correct horse battery staple"
VAULT = Vault(bytes(32))
ISSUER = "https://localhost:8440"
NOW_MS, DAY_MS = 1_769_824_800_000, 86_400_000


@settings(max_examples=50)
@given(value=st.binary(max_size=200))
def test_what_is_sealed_can_be_read_again_and_never_looks_the_same(value: bytes) -> None:
    sealed = VAULT.seal(value)
    assert VAULT.unseal(sealed) == value
    assert VAULT.seal(value) != sealed
    assert len(value) < 8 or value not in sealed


@settings(max_examples=100)
@given(value=st.binary(max_size=60), data=st.data())
def test_any_changed_byte_of_a_sealed_value_is_noticed(value: bytes, data: st.DataObject) -> None:
    sealed = bytearray(VAULT.seal(value))
    index = data.draw(st.integers(0, len(sealed) - 1))
    sealed[index] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        VAULT.unseal(bytes(sealed))


@given(garbage=st.binary(max_size=80))
def test_garbage_is_no_sealed_value(garbage: bytes) -> None:
    with pytest.raises(SealBroken):
        VAULT.unseal(garbage)


def test_a_vault_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    sealed = Vault.create(path, PASSPHRASE).seal(b"secret")
    assert Vault.open(path, PASSPHRASE).unseal(sealed) == b"secret"
    with pytest.raises(WrongPassphrase, match="does not open"):
        Vault.open(path, b"correct horse battery stable")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"salt":"AAAA","sealed":"AAAA"}', b"\xff"])
def test_a_damaged_vault_does_not_open(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vault.json").write_bytes(content)
    with pytest.raises(WrongPassphrase):
        Vault.open(tmp_path / "vault.json", PASSPHRASE)


def test_two_vaults_with_one_passphrase_do_not_open_each_others_values(tmp_path: Path) -> None:
    first, second = (Vault.create(tmp_path / name, PASSPHRASE) for name in ("first", "second"))
    with pytest.raises(SealBroken):
        second.unseal(first.seal(b"secret"))
    assert first.mac(b"123456") != second.mac(b"123456")
    assert first.mac(b"123456") == Vault.open(tmp_path / "first", PASSPHRASE).mac(b"123456")
    assert first.password("one") != first.password("another")


class Ring:
    """The bank's own keys in a folder and a database of the test's, with nobody to tell."""

    def __init__(self, folder: Path, vault: Vault = VAULT) -> None:
        self.folder = folder
        self.custodian = Custodian(folder, vault)
        self.store = Store(folder / "bank.db")
        self.told: list[tuple[str, str]] = []
        self.changes = 0
        self.rotation = Rotation(self.custodian, Policy(), ISSUER, self._tell, self._announce)
        self.store.prepare(SCHEMA)
        with self.store.write() as db:
            self.rotation.found(db, NOW_MS)
        self.keys = BankKeys.load(folder / "bank.db", self.custodian).following(
            self.custodian, self.store, lambda: self.changes
        )

    def _tell(self, db: Transaction, event: str, key: RingKey, said: object) -> None:
        self.told.append((event, key.kid))

    def _announce(self) -> None:
        self.changes += 1

    def order(self, act: Callable[..., object], *what: str, day: float = 0) -> None:
        with self.store.write() as db:
            act(db, *what, Change("staff", "a test", NOW_MS + int(day * DAY_MS)))
        self._announce()

    def pass_to(self, day: float) -> None:
        self.rotation.perform(self.store, NOW_MS + int(day * DAY_MS))

    def states(self, suite: str = "gm", use: str = "sig") -> list[str]:
        rows = ring.keys_of(self.store.read, suite)
        return [each.state for each in rows if each.use == use]

    def rows(self) -> list[tuple[object, ...]]:
        return self.store.read("SELECT * FROM bank_keys ORDER BY kid") + self.store.read("SELECT * FROM key_custody")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Ring]:
    found = Ring(tmp_path)
    yield found
    found.store.close()


@pytest.mark.clause("7.3.4-1")
def test_signing_and_sealing_have_keys_of_their_own(own: Ring) -> None:
    for suite in ("gm", "intl"):
        assert own.keys.signing(suite).public.kid != own.keys.opening(suite).public.kid
        assert (own.keys.signing(suite).public.use, own.keys.opening(suite).public.use) == ("sig", "enc")
        assert own.keys.signing(suite).public.suite == suite
    published = own.keys.jwks()["keys"]
    assert [key["use"] for key in published] == ["sig", "sig", "enc", "enc"] * 2
    assert published[0]["kid"] == own.keys.signing("gm").kid
    assert not any("d" in key for key in published)


@pytest.mark.clause("7.3.4-2.1", "7.3.4-2.2")
def test_private_keys_lie_encrypted_and_for_the_owners_eyes_only(own: Ring) -> None:
    files = sorted(own.folder.glob("*.pem"))
    assert len(files) == 8
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text().splitlines()[0].strip("-") == " ".join(["BEGIN", "ENCRYPTED PRIVATE KEY"])


@pytest.mark.clause("7.3.4-2.2")
def test_no_private_key_is_readable_in_any_file(own: Ring) -> None:
    own.order(own.rotation.plan, "gm", "sig")
    own.pass_to(8)
    scalars = [
        own.custodian.open(kid, "sig" if kid in signers else "enc").algorithms.pkcs8()
        for signers in [{each.kid for each in ring.keys_of(own.store.read) if each.use == "sig"}]
        for kid in own.custodian.kept()
    ]
    for path in own.folder.iterdir():
        content = path.read_bytes()
        for der in scalars:
            # The 32 bytes of the private number, in DER an OCTET STRING behind version and algorithm.
            number = der[der.index(b"\x04\x20") + 2 :][:32]
            assert not any(form in content for form in (number, number.hex().encode(), b64encode(number)))


def test_loaded_keys_are_the_minted_ones(own: Ring) -> None:
    loaded = BankKeys.load(own.folder / "bank.db", own.custodian)
    assert loaded.jwks() == own.keys.jwks()
    message = b"an answer"
    assert own.keys.signing("gm").public.verify(loaded.signing("gm").sign(message), message)


def test_keys_of_another_vault_do_not_load(own: Ring) -> None:
    with pytest.raises(SealBroken, match=r"\.pem is damaged or belongs to another bank"):
        BankKeys.load(own.folder / "bank.db", Custodian(own.folder, Vault(bytes(31) + b"\1")))


def test_a_key_file_under_another_keys_name_does_not_load(own: Ring) -> None:
    first, second = own.keys.signing("gm").kid, own.keys.signing("intl").kid
    (own.folder / f"{first}.pem").write_bytes((own.folder / f"{second}.pem").read_bytes())
    with pytest.raises(SealBroken, match="another key than its name"):
        BankKeys.load(own.folder / "bank.db", own.custodian)


@pytest.mark.clause("7.3.4-3.2")
def test_a_key_comes_into_force_after_its_notice_and_the_old_one_goes_after_the_overlap(own: Ring) -> None:
    own.order(own.rotation.plan, "gm", "sig")
    assert own.states() == ["active", "next"]
    own.pass_to(6.9)
    assert own.states() == ["active", "next"]
    own.pass_to(7)
    assert own.states() == ["active", "next", "retiring"]
    own.pass_to(36.9)
    assert own.states() == ["active", "next", "retiring"]
    own.pass_to(37)
    assert own.states() == ["active", "next", "retired"]
    assert len(own.custodian.kept()) == 8
    assert [event for event, _ in own.told] == ["key.announced", "key.retired"]


@pytest.mark.clause("7.3.4-3.1", "7.3.4-3.2")
def test_nobody_has_to_remember_that_a_key_grows_old(own: Ring) -> None:
    own.pass_to(357.9)
    assert own.told == []
    own.pass_to(358)
    assert {event for event, _ in own.told} == {"key.announced"}
    assert len(own.told) == 4
    own.pass_to(365)
    assert own.states() == ["active", "next", "retiring"]


@pytest.mark.clause("7.3.4-3.2")
def test_a_revoked_key_is_replaced_at_once_and_destroyed(own: Ring) -> None:
    lost, prepared = own.keys.signing("gm"), own.keys.jwks()["keys"][1]["kid"]
    own.order(own.rotation.revoke, lost.kid)
    assert own.keys.signing("gm").kid == prepared
    assert own.states() == ["active", "next", "revoked"]
    own.pass_to(0)
    assert lost.kid not in own.custodian.kept()
    assert own.told == [("key.revoked", lost.kid)]


@pytest.mark.parametrize("wrong", ["plan twice", "revoke twice", "revoke a stranger", "plan for no suite"])
def test_a_wrong_order_is_refused_and_changes_nothing(own: Ring, wrong: str) -> None:
    lost = own.keys.signing("gm").kid
    own.order(own.rotation.plan, "gm", "sig")
    own.order(own.rotation.revoke, lost)
    acts: dict[str, tuple[Callable[..., object], tuple[str, ...], str]] = {
        "plan twice": (own.rotation.plan, ("gm", "enc"), "STATE_CHANGED"),
        "revoke twice": (own.rotation.revoke, (lost,), "ILLEGAL_TRANSITION"),
        "revoke a stranger": (own.rotation.revoke, ("AAAAAAAAAAAAAAAA",), "RESOURCE_NOT_FOUND"),
        "plan for no suite": (own.rotation.plan, ("rsa", "sig"), "RESOURCE_NOT_FOUND"),
    }
    act, what, code = acts[wrong]
    if wrong == "plan twice":
        own.order(act, *what)
    before = own.rows()
    with pytest.raises(Problem, match=f"^{code}"):
        own.order(act, *what)
    assert own.rows() == before


@pytest.mark.parametrize("to", ["active", "retiring", "retired", "revoked"])
def test_a_key_that_has_ended_stays_so(own: Ring, to: ring.State) -> None:
    ended = own.keys.signing("gm").kid
    own.order(own.rotation.revoke, ended)
    with pytest.raises(Problem, match=r"^ILLEGAL_TRANSITION"), own.store.write() as db:
        ring.move(db, ended, to, Change("staff", "a test", NOW_MS))


@pytest.mark.clause("9.3.5-2.2")
def test_custody_is_not_rewritten(own: Ring) -> None:
    for statement in ("UPDATE key_custody SET by = 'nobody'", "DELETE FROM key_custody"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), own.store.write() as db:
            db.execute(statement)
    assert [(each.deed, each.by) for each in custody.newest(own.store, "bank", 1)] == [("generated", "bank")]
