"""The bank's log and an application's journal, countersigned by the other side; what was altered is found out."""

from __future__ import annotations

from typing import Any

import pytest

from bank_sim.audit import checkpoints
from bank_sim.monitor import verification
from bank_sim.sdk.protocol.checkpoints import BANK, countersign, is_countersigned, make_checkpoint, read_checkpoint
from bank_sim.sdk.protocol.hashchain import link
from bank_sim.sdk.protocol.keypairs import PublicKey, generate, public_from_jwk
from tests.branch import Branch, Reply
from tests.client import Client

HEAD = bytes(range(32))


@pytest.fixture
def client(branch: Branch) -> Client:
    client = Client(branch)
    for _ in range(3):
        client.post("events", {"after": "0"})
    return client


def journal(client: Client, serial: int = 7, head: bytes = HEAD, **changes: Any) -> str:
    facts: dict[str, Any] = {"signer": client.signing, "keeper": client.app_id, "log": "journal", "to": BANK}
    return make_checkpoint(**(facts | changes), serial=serial, head=head, at_s=int(client.branch.clock.now_s()))


def exchange(client: Client, kept: str | None = None, **changes: Any) -> Reply:
    return client.post("checkpoints", {"journal": journal(client, **changes), **({"kept": kept} if kept else {})})


def sign(client: Client, checkpoint: str, **changes: Any) -> Reply:
    facts: dict[str, Any] = {
        "signer": client.signing,
        "witness": client.app_id,
        "checkpoint": checkpoint,
        "at_s": 0,
    } | changes
    serial = str(read_checkpoint(checkpoint).serial)
    return client.post("checkpoints/sign", {"serial": serial, "countersignature": countersign(**facts)})


def witnessed(client: Client) -> str:
    """A checkpoint of the bank's that the application has countersigned."""
    text: str = exchange(client).json["checkpoint"]
    assert sign(client, text).status == 200
    return text


def bank_key(branch: Branch) -> PublicKey:
    return public_from_jwk(branch.bank.keys.signing("intl").public.jwk())


def administer(branch: Branch, *statements: str) -> None:
    """As somebody does who may do anything with the bank's database."""
    db = branch.bank.store.db.conn
    for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {trigger}")
    for each in statements:
        db.execute(each)


def rechain(branch: Branch, first: int) -> None:
    """Make the chain anew from a record on, so that it holds by itself."""
    db = branch.bank.store.db.conn
    columns = [each[1] for each in db.execute("PRAGMA table_info(access_log)")][:-1]
    (previous,) = db.execute("SELECT hash FROM access_log WHERE serial = ?", (first - 1,)).fetchone()
    for row in db.execute("SELECT * FROM access_log WHERE serial >= ? ORDER BY serial", (first,)).fetchall():
        previous = link(previous, dict(zip(columns, row[:-1], strict=True)))
        db.execute("UPDATE access_log SET hash = ? WHERE serial = ?", (previous, row[0]))


def alarms(branch: Branch) -> list[tuple[str, str, int | None]]:
    return branch.bank.store.read("SELECT rule, subject, last_serial FROM alarms")


@pytest.mark.clause("12.3-1.3", "12.3-2.2")
def test_each_side_countersigns_how_far_the_others_log_has_come(branch: Branch, client: Client) -> None:
    given = exchange(client).json
    said = read_checkpoint(given["checkpoint"])
    assert (said.keeper, said.log, said.to, said.is_by(bank_key(branch))) == (BANK, "access_log", client.app_id, True)
    assert said.hash == branch.bank.store.read("SELECT hash FROM access_log WHERE serial = ?", (said.serial,))[0][0]
    kept = checkpoints.newest(branch.bank.store, client.app_id, "journal")
    assert kept is not None
    assert (kept.serial, kept.hash, kept.countersignature) == (7, HEAD, given["countersignature"])
    assert is_countersigned(kept.checkpoint, given["countersignature"], BANK, bank_key(branch))
    assert checkpoints.newest(branch.bank.store, client.app_id, "access_log") is None
    assert sign(client, given["checkpoint"]).status == 200
    mine = checkpoints.newest(branch.bank.store, client.app_id, "access_log")
    assert mine is not None
    assert is_countersigned(mine.checkpoint, mine.countersignature or "", client.app_id, client.signing.public)


def test_a_log_that_only_grew_gets_its_next_checkpoint(branch: Branch, client: Client) -> None:
    kept = read_checkpoint(witnessed(client))
    following = read_checkpoint(exchange(client, kept.text, serial=8).json["checkpoint"])
    assert (following.first, following.serial) == (kept.serial + 1, kept.serial + 2)


ALTERED = {
    "edited": ("UPDATE access_log SET status = 500 WHERE serial = {second}", "{second}"),
    "deleted": ("DELETE FROM access_log WHERE serial = {second}", "{second}"),
    "reordered": (
        "UPDATE access_log SET serial = CASE serial WHEN {second} THEN -1 ELSE {second} END"
        " WHERE serial IN ({second}, {third}); UPDATE access_log SET serial = {third} WHERE serial = -1",
        "{second}",
    ),
}


@pytest.mark.clause("12.3-1.3")
@pytest.mark.parametrize("form", ALTERED)
def test_a_record_altered_since_the_last_checkpoint_is_found_before_anything_is_signed(
    branch: Branch, client: Client, form: str
) -> None:
    kept = read_checkpoint(witnessed(client))
    for _ in range(3):
        client.post("events", {"after": "0"})
    second, third = kept.serial + 2, kept.serial + 3
    orders, bad = (each.format(second=second, third=third) for each in ALTERED[form])
    records = branch.bank.store.read("SELECT * FROM access_log WHERE serial BETWEEN ? AND ?", (second, third))
    administer(branch, *orders.split("; "))
    refused = exchange(client, kept.text)
    assert (refused.status, refused.json["code"]) == (400, "LOG_TAMPERED")
    assert refused.json["error_description"].endswith(f"record {bad}.")
    assert alarms(branch) == [("LOG_TAMPERED", "", int(bad))]
    assert branch.bank.store.read("SELECT count(*) FROM log_checkpoints WHERE log = 'access_log'") == [(1,)]
    for each in records:
        branch.bank.store.db.execute(f"REPLACE INTO access_log VALUES ({', '.join('?' * len(each))})", each)


@pytest.mark.clause("12.3-1.3")
def test_a_chain_made_anew_holds_by_itself_and_is_found_by_who_keeps_its_old_head(
    branch: Branch, client: Client
) -> None:
    kept = read_checkpoint(witnessed(client))
    forged = kept.serial - 1
    administer(branch, f"UPDATE access_log SET status = 500 WHERE serial = {forged}", "DELETE FROM log_checkpoints")
    rechain(branch, forged)
    assert verification.verify(branch.bank.store, "zhou", 0).first_bad is None
    refused = exchange(client, kept.text)
    assert refused.json["code"] == "LOG_TAMPERED"
    assert alarms(branch) == [("LOG_TAMPERED", "", kept.serial)]


def test_a_cut_off_end_is_found_though_the_counter_was_put_back_too(branch: Branch, client: Client) -> None:
    kept = read_checkpoint(witnessed(client))
    cut = kept.serial - 1
    administer(
        branch,
        f"DELETE FROM access_log WHERE serial > {cut}",
        f"UPDATE sqlite_sequence SET seq = {cut} WHERE name = 'access_log'",
        "DELETE FROM log_checkpoints",
    )
    assert verification.verify(branch.bank.store, "zhou", 0).first_bad is None
    assert exchange(client, kept.text).json["code"] == "LOG_TAMPERED"
    assert alarms(branch) == [("LOG_TAMPERED", "", kept.serial)]


def test_the_bank_finds_a_rewritten_log_by_its_own_checkpoints_too(branch: Branch, client: Client) -> None:
    kept = read_checkpoint(witnessed(client))
    administer(branch, f"UPDATE access_log SET status = 500 WHERE serial = {kept.serial - 1}")
    rechain(branch, kept.serial - 1)
    assert verification.verify(branch.bank.store, "zhou", 0).first_bad == kept.serial


@pytest.mark.clause("12.3-2.2")
@pytest.mark.parametrize("other", [{"serial": 6}, {"head": bytes(32)}], ids=["shortened", "rewritten"])
def test_a_journal_that_does_not_go_on_is_an_alarm_about_its_application(
    branch: Branch, client: Client, other: dict[str, Any]
) -> None:
    exchange(client)
    refused = exchange(client, **other)
    assert "Your journal" in refused.json["error_description"]
    assert alarms(branch) == [("LOGS_CONTRADICT", client.app_id, None)]


def test_a_checkpoint_that_is_not_the_applications_or_not_the_banks_is_refused(branch: Branch, client: Client) -> None:
    stranger = generate("intl", "sig")
    assert exchange(client, signer=stranger).json["code"] == "SIGNATURE_INVALID"
    assert exchange(client, keeper="app_other").json["code"] == "PARAM_INVALID"
    forged = journal(client, signer=stranger, keeper=BANK, log="access_log", to=client.app_id)
    assert exchange(client, forged).json["code"] == "PARAM_INVALID"
    assert exchange(client, "nonsense").json["code"] == "PARAM_INVALID"
    assert branch.bank.store.read("SELECT count(*) FROM log_checkpoints") == [(0,)]


def test_only_the_applications_own_word_countersigns_and_only_once(branch: Branch, client: Client) -> None:
    text = exchange(client).json["checkpoint"]
    assert sign(client, text, signer=generate("intl", "sig")).json["code"] == "SIGNATURE_INVALID"
    assert sign(client, text, witness="app_other").json["code"] == "SIGNATURE_INVALID"
    assert sign(Client(branch), text).json["code"] == "RESOURCE_NOT_FOUND"
    assert sign(client, text).status == 200
    assert sign(client, text).json["code"] == "STATE_CHANGED"


def test_a_long_log_is_caught_up_with_in_stretches(
    branch: Branch, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints.walk, "__defaults__", (2,))
    given = exchange(client).json
    assert (read_checkpoint(given["checkpoint"]).serial, given["more"]) == (2, True)
    sign(client, given["checkpoint"])
    following = read_checkpoint(exchange(client, given["checkpoint"]).json["checkpoint"])
    assert (following.first, following.serial) == (3, 4)
