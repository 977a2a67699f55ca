"""A worker dies in the middle of 200 transfers: every acknowledged one is in the books once, and no other half."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from loadtests.application import LoadApplication
from loadtests.mass import Rehearsal, rehearse
from scenarios import verification
from scenarios.observe import Bank, Posting
from scenarios.world import World

TRANSFERS, THREADS = 200, 16


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the application knows, and what the bank wrote meanwhile."""

    rehearsal: Rehearsal
    postings: list[Posting]
    payer_lost_fen: int
    payee_gained_fen: int


@pytest.fixture(scope="module")
def aftermath(busy_world: World, application: LoadApplication) -> Aftermath:
    """The rehearsal, once for each suite; the tests look at what it left."""
    bank, people = Bank(busy_world.home), busy_world.people
    payer, payee = people[:2] if application.presigner.suite == "gm" else people[2:4]
    numbers = [bank.account_numbers(each.login_name)["I"] for each in (payer, payee)]
    mark, before = bank.mark(), [bank.balance_fen(each) for each in numbers]
    rehearsal = rehearse(busy_world, application, payer, payee, transfers=TRANSFERS, threads=THREADS)
    after = [bank.balance_fen(each) for each in numbers]
    return Aftermath(rehearsal, bank.postings_since(mark), before[0] - after[0], after[1] - before[1])


def test_every_transfer_is_acknowledged_though_a_worker_died(aftermath: Aftermath) -> None:
    assert aftermath.rehearsal.killed is not None
    assert len(aftermath.rehearsal.acknowledged) == TRANSFERS


def test_the_killed_worker_is_replaced(aftermath: Aftermath) -> None:
    assert aftermath.rehearsal.successor is not None
    assert aftermath.rehearsal.successor != aftermath.rehearsal.killed


def test_the_books_hold_what_was_acknowledged_exactly_once_and_nothing_else(aftermath: Aftermath) -> None:
    posted = [each.serial for each in aftermath.postings]
    assert sorted(posted) == sorted(aftermath.rehearsal.acknowledged.values())
    assert len(set(posted)) == TRANSFERS


def test_the_money_that_left_is_the_money_that_came(aftermath: Aftermath) -> None:
    assert (aftermath.payer_lost_fen, aftermath.payee_gained_fen) == (TRANSFERS, TRANSFERS)


def test_the_auditor_finds_the_books_balanced(busy_world: World, aftermath: Aftermath) -> None:
    verdict = verification.books(busy_world.home)
    assert verdict.holds, verdict.sentence
    assert verdict.figures["transfers"] >= len(aftermath.postings)


@pytest.mark.clause("7.3.3-1.2")
def test_the_chain_of_the_access_log_holds_across_the_death(busy_world: World, aftermath: Aftermath) -> None:
    verdict = verification.access_log(busy_world.home)
    assert verdict.holds, verdict.sentence
    assert verdict.figures["records"] >= 2 * len(aftermath.postings)
