"""The name that each face of the bank answers to: its own, with its port, and no other that is pointed here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from flask import Flask

from bank_sim import console, ebank, gateway, portal
from tests.bank_in_process import Founded, OpenedBank
from tests.branch import Reply, deliver


class Face(NamedTuple):
    app: Flask
    host: str
    page: str
    file: str


class Faces(NamedTuple):
    """The three faces of one bank."""

    opened: OpenedBank
    by_name: dict[str, Face]

    def last_record(self) -> tuple[str, str, str, str]:
        columns = "api_id, result, code, path"
        found: tuple[str, str, str, str] = self.opened.bank.store.read(
            f"SELECT {columns} FROM access_log ORDER BY serial DESC LIMIT 1"
        )[0]
        return found

    def ask(self, face: str, host: str, path: str | None = None) -> Reply:
        return deliver(self.by_name[face].app, "GET", path or self.by_name[face].page, [("host", host)])


@pytest.fixture
def faces(founded: Founded) -> Iterator[Faces]:
    opened = OpenedBank(founded, gateway.DEFENCES | portal.DEFENCES)
    bank = opened.bank
    yield Faces(
        opened,
        {
            "ebank": Face(ebank.create_app(bank), "bank.localhost:8441", "/login", "/ebank/ebank.css"),
            "portal": Face(portal.create_app(bank), "portal.localhost:8445", "/sign-in", "/portal/portal.css"),
            "console": Face(console.create_app(bank), "console.localhost:8446", "/login", "/console/console.css"),
        },
    )
    opened.close()


def is_shown(answer: Reply) -> bool:
    return answer.status == 200


@pytest.mark.parametrize("face", ["ebank", "portal", "console"])
def test_a_face_answers_to_its_own_name_however_it_is_written(faces: Faces, face: str) -> None:
    own = faces.by_name[face].host
    assert is_shown(faces.ask(face, own))
    assert is_shown(faces.ask(face, own.upper()))
    assert is_shown(faces.ask(face, own, faces.by_name[face].file))


@pytest.mark.parametrize("face", ["ebank", "portal", "console"])
def test_under_any_other_name_nothing_is_shown_and_a_record_says_so(faces: Faces, face: str) -> None:
    own, page, file = faces.by_name[face].host, faces.by_name[face].page, faces.by_name[face].file
    name, _, port = own.partition(":")
    for host in (f"evil.example:{port}", f"{own}.evil.example", name, f"{name}:8440", f"127.0.0.1:{port}", "x@y", ""):
        for path in (page, file, "/nowhere", "/sdk/design/design.css"):
            answer = faces.ask(face, host, path)
            assert answer.status == 421, (host, path)
            assert "AUTHORITY_MISMATCH" in answer.text
            assert "set-cookie" not in {header.lower() for header, _ in answer.headers}
            assert faces.last_record() == (f"{face}.unknown", "failure", "AUTHORITY_MISMATCH", path)


def test_a_face_does_not_answer_to_another_ones_name(faces: Faces) -> None:
    assert faces.ask("ebank", faces.by_name["console"].host).status == 421
