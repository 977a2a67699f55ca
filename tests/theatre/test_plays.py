"""A play's recording shows what happened: who changed what on the line, which check fell, how it ended."""

import re

import httpx

from scenarios.theatre.drawing import Step, Turn, steps_of
from scenarios.theatre.files import write
from scenarios.theatre.house import House
from scenarios.theatre.recording import Recording


def test_the_line_is_seen_to_change_the_amount_and_the_check_that_would_have_told_to_be_left_out(
    tampered: Recording,
) -> None:
    # The order itself, and then its execution.
    sent, _ = [each for each in tampered.messages if each.receiver == "line"]
    passed_on, _ = [each for each in tampered.messages if each.sender == "line"]

    assert (sent.one_way, sent.sender, passed_on.receiver) == (True, "application", "bank")
    assert [(each.member, each.before, each.after) for each in passed_on.altered] == [("amount", "100.00", "10000.00")]
    assert "100.00" in sent.exchange.request_body
    states = {each.name: each.state for each in passed_on.verdicts}
    assert states["message_signature"] == "left_out"
    assert states["replay"] == "held"
    assert passed_on.status == 201


def test_the_moment_at_which_the_attack_begins_stands_between_the_honest_part_and_the_attack(
    tampered: Recording,
) -> None:
    steps = steps_of(tampered, tampered.events)
    (turn,) = [number for number, step in enumerate(steps) if isinstance(step, Turn)]
    on_the_line = [
        n for n, step in enumerate(steps) if isinstance(step, Step) and "line" in (step.sender, step.receiver)
    ]

    assert 0 < turn < min(on_the_line)


def test_a_refused_attack_names_the_check_that_refused_and_what_was_not_asked_any_more(
    played: dict[str, Recording],
) -> None:
    again, *_ = [each for each in played["transfer-replayed"].messages if each.sender == "line"]
    states = {each.name: (each.state, each.code) for each in again.verdicts}

    assert (again.code, again.status, again.refused) == ("NONCE_REPLAYED", 409, True)
    assert states["replay"] == ("refused", "NONCE_REPLAYED")
    assert states["token_state"] == ("not_reached", None)


def test_an_answer_that_is_lost_ends_at_the_line(played: dict[str, Recording]) -> None:
    lost = [each for each in played["answer-lost"].messages if each.hearer == "line"]

    assert [each.technical for each in lost] == ["POST /api/transfers/…/execute"]
    assert lost[0].answers.en.endswith("lost on the way")


def test_an_exported_play_is_one_file_that_needs_nothing_else(tampered: Recording, tmp_path) -> None:
    write(tmp_path / "play.html", tampered, "zh")
    page = (tmp_path / "play.html").read_text(encoding="utf-8")

    assert '<html lang="zh-CN">' in page
    assert "篡改后转发" in page
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', page) == []
    assert re.findall(r"@import|url\(", page) == []
    assert "import {" not in page
    assert len(re.findall(r'<article class="card" id="m-', page)) == len(tampered.messages)
    assert re.findall(r"(?:password|csrf|client_assertion)=(?!&lt;withheld)", page) == []


def test_a_play_is_begun_by_a_button_and_ends_with_its_verdict(house: House, visitor: httpx.Client) -> None:
    begun = visitor.post("/plays", data={"scenario": "a1-query", "mode": "whole"}, headers={"Accept-Language": "en"})
    page = begun.headers["location"]
    again = visitor.post("/plays", data={"scenario": "transfer-gm", "mode": "whole"})
    house.plays.close()

    assert begun.status_code == 303
    assert again.headers["location"] == page, "one play at a time"
    ended = visitor.get(page, headers={"Accept-Language": "en"}).text
    assert "It went as it should" in ended
    assert "What are the rates?" in ended
    assert house.recording(page.rpartition("/")[2]).several_applications is False
    with visitor.stream("GET", f"{page}/events?lang=en") as stream:
        events = stream.read().decode()
    assert "event: rows" in events
    assert '"phase": "ended"' in events


def test_a_recording_forgets_its_oldest_messages_and_no_message_twice(tampered: Recording) -> None:
    recording = Recording("again", "gm")
    recording.add(tampered.messages)
    recording.add(tampered.messages)

    assert len(recording.messages) == len(tampered.messages)
