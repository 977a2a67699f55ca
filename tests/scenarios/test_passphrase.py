"""The passphrase comes from outside, stays in memory, and gives each party its own."""

import keyring
import keyring.backend
import keyring.errors
import pytest

from scenarios.failures import BrokenSurroundings
from scenarios.passphrase import Passphrase, choose, ephemeral, from_text

SALT = b"\x01" * 16


class _MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring of the kind that operating systems have, for one test."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class _NoKeyring(_MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.NoKeyringError("no backend")


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch):
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.mark.clause("7.3.4-2.2")
def test_without_any_source_each_run_has_a_passphrase_of_its_own() -> None:
    one, other = (choose(None, use_keyring=False, prompt=None, account="x") for _ in range(2))

    assert one.secret != other.secret
    assert not one.kept


def test_the_environment_and_the_prompt_are_kept_and_the_prompt_goes_first() -> None:
    prompted = choose("from the environment", use_keyring=False, prompt=lambda: "from the prompt", account="x")
    given = choose("from the environment", use_keyring=False, prompt=None, account="x")

    assert (prompted.secret, prompted.kept) == ("from the prompt", True)
    assert (given.secret, given.kept) == ("from the environment", True)


def test_the_keyring_makes_a_passphrase_once_and_gives_it_again(use_keyring) -> None:
    use_keyring(_MemoryKeyring())

    first = choose(None, use_keyring=True, prompt=None, account="/home/one")
    again = choose(None, use_keyring=True, prompt=None, account="/home/one")
    other = choose(None, use_keyring=True, prompt=None, account="/home/other")

    assert first == again
    assert first.kept
    assert other != first


def test_a_machine_without_keyring_is_told_what_else_to_use(use_keyring) -> None:
    use_keyring(_NoKeyring())

    with pytest.raises(BrokenSurroundings, match="BANK_SANDBOX_PASSPHRASE"):
        choose(None, use_keyring=True, prompt=None, account="x")


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(BrokenSurroundings, match="too short"):
        from_text("short")


@pytest.mark.parametrize("passphrase", [Passphrase("a passphrase of a person", kept=True), ephemeral()])
def test_each_party_gets_its_own_and_always_the_same(passphrase: Passphrase) -> None:
    parties = ("ca", "bank", "app", "user")

    derived = [passphrase.opener(SALT).of(party) for party in parties]

    assert derived == [passphrase.opener(SALT).of(party) for party in parties]
    assert len(set(derived)) == len(parties)
    assert passphrase.secret not in derived


def test_the_salt_separates_homes_with_the_same_passphrase() -> None:
    passphrase = Passphrase("a passphrase of a person", kept=True)

    assert passphrase.opener(SALT).of("bank") != passphrase.opener(b"\x02" * 16).of("bank")


def test_a_passphrase_is_not_shown_by_its_repr() -> None:
    assert "hunter2" not in repr(Passphrase("hunter2hunter2", kept=True))
