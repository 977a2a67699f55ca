"""Builds of the SDK: published once, withdrawn, admitted again by a table of states, with history and events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bank_sim.bank import Bank
from bank_sim.registry.registration import Registration
from bank_sim.releases import Releases
from bank_sim.sdk.manifest import Attestation, Manifest, attest, this_build
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Transaction
from tests.bank_in_process import Founded, OpenedBank

OLD = Manifest("0.9.0", {"a.py": "00"})
OLDER = Manifest("0.8.12", {"a.py": "01"})

Act = Callable[[Releases, Transaction], object]


@pytest.fixture
def bank(founded: Founded) -> object:
    opened = OpenedBank(founded, ())
    yield opened.bank
    opened.close()


def do(bank: Bank, act: Act) -> object:
    with bank.store.write() as db:
        return act(bank.releases, db)


def publish(build: Manifest) -> Act:
    return lambda releases, db: releases.publish(db, build, "op", "a new build")


def withdraw(fingerprint: str) -> Act:
    return lambda releases, db: releases.withdraw(db, fingerprint, "op", "a flaw")


def admit_again(fingerprint: str) -> Act:
    return lambda releases, db: releases.admit_again(db, fingerprint, "op", "no flaw after all")


def least(version: str) -> Act:
    return lambda releases, db: releases.set_minimum(db, version, "op", "old ones are insecure")


def verdict(bank: Bank, attested: Attestation) -> str | None:
    try:
        bank.releases.require_usable(attested)
    except Problem as problem:
        return problem.code
    return None


@pytest.mark.clause("9.3.5-3.2", "7.3.2-3.2")
def test_a_bank_is_founded_with_the_build_of_its_own_tree_and_takes_no_other(bank: Bank) -> None:
    assert [each.fingerprint for each in bank.releases.listed()] == [this_build().fingerprint]
    assert verdict(bank, attest()) is None
    assert verdict(bank, replace(attest(), fingerprint="0" * 64)) == "SDK_INTEGRITY_FAILED"
    assert verdict(bank, replace(attest(), version="9.9.9")) == "SDK_INTEGRITY_FAILED"


def test_a_build_is_published_once(bank: Bank) -> None:
    assert do(bank, publish(OLD)) is True
    assert do(bank, publish(OLD)) is False
    assert [each.subject for each in bank.releases.history()].count(OLD.fingerprint) == 1


def test_a_withdrawn_build_is_refused_until_it_is_admitted_again(bank: Bank) -> None:
    mine = attest().fingerprint
    do(bank, withdraw(mine))
    assert verdict(bank, attest()) == "SDK_VERSION_WITHDRAWN"
    assert do(bank, publish(this_build())) is False
    assert verdict(bank, attest()) == "SDK_VERSION_WITHDRAWN"
    do(bank, admit_again(mine))
    assert verdict(bank, attest()) is None
    assert [(each.came_from, each.went_to) for each in bank.releases.history(2)] == [
        ("withdrawn", "allowed"), ("allowed", "withdrawn"),
    ]  # fmt: skip


def test_versions_below_the_least_are_refused_and_compared_as_numbers(bank: Bank) -> None:
    do(bank, publish(OLD))
    do(bank, publish(OLDER))
    do(bank, least("0.9.0"))
    assert verdict(bank, Attestation("0.8.12", OLDER.fingerprint)) == "SDK_VERSION_WITHDRAWN"
    assert verdict(bank, Attestation("0.9.0", OLD.fingerprint)) is None
    assert verdict(bank, attest()) is None


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (withdraw("f" * 64), "RESOURCE_NOT_FOUND"),
        (admit_again(attest().fingerprint), "ILLEGAL_TRANSITION"),
        (least("7.7.7"), "RESOURCE_NOT_FOUND"),
    ],
)
def test_a_step_that_does_not_follow_is_refused_and_changes_nothing(bank: Bank, act: Act, code: str) -> None:
    before = "\n".join(bank.store.db.conn.iterdump())
    with pytest.raises(Problem) as refusal:
        do(bank, act)
    assert refusal.value.code == code
    assert "\n".join(bank.store.db.conn.iterdump()) == before


@pytest.mark.clause("7.1-6.3")
def test_applications_that_attest_their_sdk_are_told_and_others_are_not(bank: Bank) -> None:
    attesting, other = (
        bank.registry.register(Registration(name="a", sdk_attested=attested)).app_id for attested in (True, False)
    )
    do(bank, publish(OLD))
    do(bank, withdraw(OLD.fingerprint))
    told = [(each.type, each.subject) for each in bank.events.after(attesting, 0, 10)]
    assert told == [("sdk.released", OLD.fingerprint), ("sdk.withdrawn", OLD.fingerprint)]
    assert bank.events.after(other, 0, 10) == []


def test_the_history_is_not_rewritten(bank: Bank) -> None:
    with pytest.raises(Exception, match="append-only"), bank.store.write() as db:
        db.execute("UPDATE sdk_history SET reason = 'another'")
