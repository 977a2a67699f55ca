"""What passes in the running sandbox is on the stage: in order, in both languages, with and without scripts."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from scenarios.canaries import encodings
from scenarios.theatre.app import create_app
from scenarios.theatre.following import LOOK_S, SETTLED_S
from scenarios.theatre.house import House
from scenarios.theatre.message import Message
from scenarios.theatre.protection import comes_from_here, is_addressed_here
from user_sim.driver import HeadlessUser

ORIGIN = "https://theatre.localhost:8444"


def eventually(found: Callable[[], object]) -> object:
    """What ``found`` finds, once the traces have been read: the follower looks a few times a second."""
    deadline = time.monotonic() + 50 * (LOOK_S + SETTLED_S)
    while not (value := found()) and time.monotonic() < deadline:
        time.sleep(LOOK_S)
    return value


@pytest.fixture
def balance(house: House, linking: HeadlessUser) -> Message:
    """The message in which the wallet asked for balances."""
    asked = eventually(
        lambda: next((m for m in house.live.messages if m.reading and m.reading.api_id == "accounts.balances"), None)
    )
    assert isinstance(asked, Message)
    return asked


def test_a_message_says_who_asked_whom_for_what_and_how_it_is_protected(balance: Message) -> None:
    assert (balance.sender, balance.receiver, balance.status) == ("application", "bank", 200)
    assert (balance.asks.en, balance.technical) == ("What are the balances?", "GET /api/balances")
    assert (balance.request_marks, balance.answer_marks) == (("signed", "token"), ("signed", "sealed"))


def test_every_check_of_the_pipeline_is_there_with_verdict_time_and_clauses(balance: Message) -> None:
    verdicts = {each.name: each for each in balance.verdicts}

    assert len(verdicts) >= 25
    assert {each.state for each in verdicts.values()} == {"held"}
    assert verdicts["message_signature"].elapsed_ns > 10_000
    assert "7.2.2-2.1" in verdicts["message_signature"].clauses


def test_the_whole_linking_is_told_in_its_order(house: House, balance: Message) -> None:
    spoken = [(m.sender, m.receiver, m.technical) for m in house.live.messages]
    order = [
        ("user", "application", "POST /link"),
        ("application", "bank", "POST /oauth/par"),
        ("user", "bank", "GET /authorize"),
        ("user", "bank", "POST /authorize/login"),
        ("bank", "phone", "SMS"),
        ("user", "phone", "GET /phone/…"),
        ("user", "bank", "POST /authorize/decision"),
        ("application", "bank", "POST /oauth/token"),
        ("application", "bank", "GET /api/accounts"),
    ]
    places = [spoken.index(each) for each in order]

    assert places == sorted(places)


def test_nobody_finds_a_secret_in_the_traces(house: House, linking: HeadlessUser, balance: Message) -> None:
    person = house.world.people[2]
    codes = [found for text in linking.phone.messages() for found in re.findall(r"\d{6}", text)]
    secrets = {"the password": person.password, **{f"code {n}": code for n, code in enumerate(codes)}}
    files = [path for party in ("bank", "app", "user") for path in house.world.home.party(party).glob("trace.db*")]
    kept = b"\n".join(path.read_bytes() for path in files)

    assert len(files) >= 3
    assert codes
    assert [name for name, value in secrets.items() for needle in encodings(value).values() if needle in kept] == []
    assert b"Bearer <withheld" in kept


def test_the_application_s_trace_knows_nothing_of_the_user(house: House, balance: Message) -> None:
    person = house.world.people[2]
    kept = b"".join(path.read_bytes() for path in house.world.home.party("app").glob("trace.db*"))

    assert b"/accounts" in kept
    personal = (person.name, person.phone, person.id_number, person.login_name)
    assert [each for each in personal if each.encode() in kept] == []


@pytest.mark.parametrize("path", ["/", "/plays", "/lens", "/lens/7.2.2-2.1", "/guide", "/runs/live"])
@pytest.mark.parametrize(("languages", "lang"), [("zh-CN,zh;q=0.9", "zh-CN"), ("en-GB", "en"), ("", "en")])
def test_pages_speak_the_reader_s_language(visitor: httpx.Client, path: str, languages: str, lang: str) -> None:
    page = visitor.get(path, headers={"Accept-Language": languages})

    assert page.status_code == 200
    assert f'<html lang="{lang}">' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert re.findall(r"<script(?! type=\"module\" src=\"/)|\sstyle=|\son\w+=", page.text) == []


def test_the_guide_says_who_one_is_only_where_aids_are_wanted(house: House, visitor: httpx.Client) -> None:
    page = visitor.get("/guide").text
    person = house.world.people[0]

    assert person.login_name in page
    assert person.password in page
    without = replace(house.world, plan=replace(house.world.plan, aids=False))
    strict = create_app(replace(house, world=without)).test_client()
    page = strict.get("/guide", base_url=house.origin).get_data(as_text=True)
    assert "Ten minutes" in page or "十分钟" in page
    assert person.password not in page
    assert 'class="aid"' not in page


def test_the_choice_of_language_is_remembered(visitor: httpx.Client) -> None:
    answer = visitor.get("/language", params={"lang": "zh", "to": "/guide"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/guide")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert '<html lang="zh-CN">' in visitor.get("/guide", headers={"Accept-Language": "en", "Cookie": cookie}).text
    visitor.cookies.clear()


def test_without_scripts_the_diagram_is_a_list_of_links_to_messages(visitor: httpx.Client, balance: Message) -> None:
    page = visitor.get("/").text
    message = visitor.get(f"/runs/live/messages/{balance.key}").text

    assert f'href="/runs/live/messages/{balance.key}"' in page
    for part in ("Who can read what", "Does the signature hold?", "message_signature", "GET /api/balances"):
        assert part in message


def test_the_line_sees_a_sealed_balance_where_application_and_bank_read_it(
    visitor: httpx.Client, balance: Message
) -> None:
    assert balance.exchange is not None
    available = balance.exchange.opened["answer"]["items"][0]["available_balance"]
    panel = visitor.get(f"/runs/live/messages/{balance.key}", params={"part": "panel"}).text
    views = dict(re.findall(r'<li class="view \w+ party-(\w+)">(.*?)</li>', panel, re.DOTALL))

    assert available in views["wallet"]
    assert available in views["bank"]
    assert available not in views["attacker"]
    assert "sealed" in views["attacker"]


def test_the_run_is_a_document(visitor: httpx.Client, balance: Message) -> None:
    document = visitor.get("/runs/live/run.json").json()

    assert document["format"] == "bank-sandbox-run-1"
    (found,) = [each for each in document["events"] if each.get("key") == balance.key]
    assert (found["from"], found["to"], found["asks"]["zh"]) == ("application", "bank", "查询各账户余额")


def test_the_stream_brings_what_there_is_and_begins_again_when_the_stage_is_cleared(
    house: House, visitor: httpx.Client, balance: Message
) -> None:
    events: list[tuple[str, dict[str, str]]] = []
    with visitor.stream("GET", "/runs/live/events?lang=zh&after=0.0") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
                if len(events) == 2:
                    assert visitor.post("/afresh").status_code == 303
            if name == "afresh":
                break

    assert [name for name, _ in events[:2]] == ["rows", "phase"]
    assert "查询各账户余额" in events[0][1]["html"]
    assert house.live.message(balance.key) is None


def test_the_clock_and_the_defences_of_the_running_sandbox_can_be_turned(house: House, visitor: httpx.Client) -> None:
    control = house.world.control
    known = set(control.weakened()["known"])
    before = control.clock()["offset_s"]

    turned = visitor.post("/clock", data={"advance_s": "600"})
    assert turned.status_code == 303
    assert control.clock()["offset_s"] == before + 600
    assert 'id="desk" open>' in visitor.get(turned.headers["Location"]).text
    assert visitor.post("/clock", data={"reset": "1"}).status_code == 303
    assert control.clock()["offset_s"] == 0
    assert visitor.post("/defences", data={"in_force": sorted(known - {"replay"})}).status_code == 303
    assert control.weakened()["names"] == ["replay"]
    assert "<code>replay</code>" in visitor.get("/guide").text
    assert visitor.post("/defences", data={"in_force": sorted(known)}).status_code == 303
    assert control.weakened()["names"] == []


def test_a_fault_is_switched_on_for_the_next_payment_said_on_every_page_and_cleared(
    house: House, visitor: httpx.Client
) -> None:
    control = house.world.control
    assert visitor.post("/faults", data={"next_payment": "answer_lost"}).status_code == 303
    (standing,) = control.faults()["faults"]
    assert (standing["kind"], standing["api_id"], standing["count"]) == ("answer_lost", "transfers.execute", 1)
    assert "<code>answer_lost</code>" in visitor.get("/guide").text
    assert visitor.post("/faults", data={"clear": "1"}).status_code == 303
    assert control.faults()["faults"] == []
    assert "<code>answer_lost</code>" not in visitor.get("/guide").text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/clock", {}),
        ("/clock", {"advance_s": "1"}),
        ("/defences", {"in_force": "nix"}),
        ("/faults", {}),
        ("/faults", {"next_call": "nix"}),
        ("/faults", {"next_call": "late_callback"}),
        ("/plays", {"scenario": "nix"}),
        ("/plays", {"scenario": "transfer-gm", "mode": "nix"}),
    ],
)
def test_what_the_theatre_did_not_offer_is_refused(visitor: httpx.Client, path: str, fields: dict[str, str]) -> None:
    assert visitor.post(path, data=fields).status_code == 400


@pytest.mark.parametrize("path", ["/nix", "/runs/nix", "/runs/live/messages/nix", "/lens/nix", "/runs/nix/events"])
def test_what_is_not_there_is_said_to_be_missing(visitor: httpx.Client, path: str) -> None:
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://wallet.localhost"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_a_form_of_another_page_turns_no_knob(house: House, visitor: httpx.Client, headers: dict[str, str]) -> None:
    before = house.world.control.clock()["offset_s"]

    assert visitor.post("/clock", data={"advance_s": "600"}, headers=headers).status_code == 403
    assert house.world.control.clock()["offset_s"] == before


@pytest.mark.parametrize("path", ["/", "/runs/live/run.json", "/runs/live/events"])
def test_a_foreign_name_that_is_rebound_here_shows_nothing(visitor: httpx.Client, path: str) -> None:
    assert visitor.get(path, headers={"Host": "evil.example"}).status_code in (400, 404)


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": ORIGIN}, True),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({}, False),
    ],
)
def test_a_form_is_taken_only_where_its_origin_is_known(headers: dict[str, str], taken: bool) -> None:
    assert comes_from_here(headers, ORIGIN) is taken


def test_a_host_is_compared_with_its_port() -> None:
    assert is_addressed_here("THEATRE.localhost:8444", ORIGIN)
    assert not is_addressed_here("theatre.localhost", ORIGIN)
