"""Secrets at rest: the vault, and the bank's keys behind it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank_sim.keys import BankKeys, SealBroken, Vault, WrongPassphrase

PASSPHRASE = b"correct horse battery staple"
VAULT = Vault(bytes(32))


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


@pytest.mark.clause("7.3.4-1")
def test_signing_and_sealing_have_keys_of_their_own(tmp_path: Path) -> None:
    keys = BankKeys.mint(tmp_path, VAULT)
    for suite in ("gm", "intl"):
        assert keys.signing(suite).public.kid != keys.opening(suite).public.kid
        assert (keys.signing(suite).public.use, keys.opening(suite).public.use) == ("sig", "enc")
        assert keys.signing(suite).public.suite == suite
    assert [key["use"] for key in keys.jwks()["keys"]] == ["sig", "enc", "sig", "enc"]
    assert not any("d" in key for key in keys.jwks()["keys"])


@pytest.mark.clause("7.3.4-2.1", "7.3.4-2.2")
def test_private_keys_lie_encrypted_and_for_the_owners_eyes_only(tmp_path: Path) -> None:
    BankKeys.mint(tmp_path, Vault.create(tmp_path / "vault.json", PASSPHRASE))
    files = sorted(tmp_path.iterdir())
    assert len(files) == 5
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        if path.suffix == ".pem":
            assert path.read_text().splitlines()[0].strip("-") == " ".join(["BEGIN", "ENCRYPTED PRIVATE KEY"])


def test_loaded_keys_are_the_minted_ones(tmp_path: Path) -> None:
    minted, loaded = BankKeys.mint(tmp_path, VAULT), BankKeys.load(tmp_path, VAULT)
    assert loaded.jwks() == minted.jwks()
    message = b"an answer"
    assert minted.signing("gm").public.verify(loaded.signing("gm").sign(message), message)


def test_keys_of_another_vault_do_not_load(tmp_path: Path) -> None:
    BankKeys.mint(tmp_path, VAULT)
    with pytest.raises(SealBroken, match=r"gm-sig\.pem is damaged or belongs to another bank"):
        BankKeys.load(tmp_path, Vault(bytes(31) + b"\1"))
