"""Who plays and how far they are outlives the process; codes and tokens open what is theirs."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scenarios.range.book import SESSION_S, TRAINER, Book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with closing(Book(tmp_path / "range.db")) as book:
        book.enrol(["Ann", "李雷"])
        yield book


def test_codes_and_progress_are_there_again_after_a_restart(book: Book, tmp_path: Path) -> None:
    ann = book.players()[0]
    book.begin(ann.player_id, "first", 100.0)
    book.solve(ann.player_id, "first", 80, 160.0)

    with closing(Book(tmp_path / "range.db")) as again:
        again.enrol(["李雷", "Bob", "Ann"])
        assert [each.name for each in again.players()] == ["Ann", "李雷", "Bob"]
        assert again.players()[0] == ann
        assert again.progress_of(ann.player_id)["first"].points == 80


def test_a_code_is_read_however_it_was_typed_and_only_whole(book: Book) -> None:
    ann = book.players()[0]

    assert book.by_code(f" {ann.code.replace('-', ' ').upper()} ") == ann
    assert book.by_code(ann.code[:-1]) is None
    assert book.by_code("") is None


def test_the_trainer_has_a_code_and_is_no_player(book: Book) -> None:
    trainer = book.player(TRAINER)

    assert trainer is not None
    assert book.by_code(trainer.code) == trainer
    assert trainer not in book.players()


def test_a_token_opens_its_own_kind_of_door_for_its_time(book: Book) -> None:
    ann = book.players()[0]
    page, kit = book.admit(ann.player_id, "page", 0.0), book.admit(ann.player_id, "kit", 0.0)

    assert book.admitted(page, "page", 1.0) == ann
    assert book.admitted(page, "kit", 1.0) is None
    assert book.admitted(kit, "page", 1.0) is None
    assert book.admitted(page, "page", SESSION_S + 1.0) is None
    book.dismiss(page)
    assert book.admitted(page, "page", 1.0) is None


def test_a_new_kit_ends_the_older_one(book: Book) -> None:
    older = book.admit(1, "kit", 0.0)
    newer = book.admit(1, "kit", 1.0)

    assert book.admitted(older, "kit", 2.0) is None
    assert book.admitted(newer, "kit", 2.0) is not None


def test_what_was_solved_first_stays(book: Book) -> None:
    book.begin(1, "first", 1.0)
    book.earn(1, "first", 40)
    book.solve(1, "first", 90, 2.0)
    book.solve(1, "first", 100, 3.0)
    book.earn(1, "first", 120)

    progress = book.progress_of(1)["first"]
    assert (progress.points, progress.solved_s, progress.is_open) == (90, 2.0, True)


def test_no_token_lies_readable_in_the_file(book: Book, tmp_path: Path) -> None:
    token = book.admit(1, "page", 0.0)

    assert token.encode() not in b"".join(each.read_bytes() for each in tmp_path.iterdir())
