"""After each play, what was trusted to one party is looked for with the others, in files, memory and traffic."""

import base64
import gzip
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scenarios.canaries import Needles, Residue, search
from scenarios.registry import scenarios
from scenarios.residues import memory
from scenarios.residues.changes import BLOCK_BYTES, Changes
from scenarios.residues.memory import MemoryUnreadable, regions
from scenarios.residues.search import Findings, Search
from scenarios.residues.traffic import halves, of_browser
from scenarios.residues.trust import ALLOWANCES, Value, allowed
from scenarios.residues.verdict import verdict
from scenarios.residues.watch import Watch
from scenarios.runner import Theatre
from scenarios.wire import Message

CARD = "6229991234567890123"
CODE = "406917"
PACKINGS = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "base64 in gzip": lambda content: gzip.compress(base64.b64encode(content)),
    "gzip in base64url": lambda content: base64.urlsafe_b64encode(gzip.compress(content)),
    "base64 of base64": lambda content: base64.b64encode(base64.b64encode(content)),
    "JSON escapes in a token's payload": lambda content: base64.urlsafe_b64encode(
        b'{"holder":"%s"}' % "".join(f"\\u{each:04x}" for each in content).encode()
    ),
}
HOLDER = """
import base64, sys
held = base64.b64decode(sys.argv[1]).decode() * 2
print("held", flush=True)
sys.stdin.read()
"""
needs_proc = pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="this system shows no process's memory")


@pytest.fixture
def holder() -> Iterator[int]:
    """The process id of a program that holds two card numbers in its memory, and nowhere else."""
    half = base64.b64encode(f"|{CARD}".encode()).decode()
    program = [sys.executable, "-c", HOLDER, half]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.communicate("")


@pytest.mark.clause("9.3.3-2.1")
@pytest.mark.parametrize("packing", PACKINGS)
def test_a_value_is_found_in_what_it_was_packed_into_at_the_place_of_the_packing(tmp_path: Path, packing: str) -> None:
    (tmp_path / "cache").write_bytes(b"...." + PACKINGS[packing](CARD.encode()) + b"....")

    found = search([tmp_path], {"the card": CARD}).residues

    assert found
    assert min(each.offset for each in found) == 4


def test_a_damaged_archive_is_searched_as_the_bytes_that_it_is(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"\x1f\x8b\x08 no archive at all " + CARD.encode())

    assert [each.encoding for each in search([tmp_path], {"the card": CARD}).residues] == ["utf-8"]


@pytest.mark.parametrize("around", ['{"code":"%s"}', "code=%s&next=1", "验证码%s，3分钟", "<b>%s</b>", "it is %s."])
def test_a_one_time_code_is_found_where_it_stands_alone(around: str) -> None:
    assert Needles({"the code": CODE}).within((around % CODE).encode())


@pytest.mark.parametrize("around", ["1%s", "tr_%sab", "0.%s", "%s.25", "a-%s", "eyJ%s="])
def test_six_digits_inside_something_else_are_nobodys_code(around: str) -> None:
    assert Needles({"the code": CODE}).within((around % CODE).encode()) == []


def test_only_what_changed_is_searched_again_and_a_value_across_the_border_is_not_cut() -> None:
    changes, needles = Changes(), Needles({"the card": CARD})
    before = bytes(2 * BLOCK_BYTES - 10) + CARD[:10].encode() + b"x" * BLOCK_BYTES
    after = before[: 2 * BLOCK_BYTES] + CARD[10:].encode() + before[2 * BLOCK_BYTES + len(CARD) - 10 :]

    assert [offset for offset, _ in changes.of("a file", before, needles.longest)] != []
    pieces = list(changes.of("a file", after, needles.longest))

    assert list(changes.of("a file", after, needles.longest)) == []
    assert [offset + each.offset for offset, piece in pieces for each in needles.within(piece)] == [
        2 * BLOCK_BYTES - 10
    ]


@needs_proc
@pytest.mark.clause("9.3.3-2.1")
def test_a_value_in_the_memory_of_a_process_is_found_with_its_region(holder: int) -> None:
    needles = Needles({"the card": CARD})

    found = [(each.name, trace.encoding) for each in regions(holder) for trace in needles.within(each.content)]

    assert found
    assert {encoding for _, encoding in found} >= {"utf-8"}


def test_memory_that_cannot_be_read_is_not_taken_for_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_PROC", tmp_path)

    with pytest.raises(MemoryUnreadable, match="the memory of process 1 cannot be read"):
        list(regions(1))


@pytest.mark.parametrize("kind", ["id_number", "phone", "login_name", "password", "code", "authenticator"])
@pytest.mark.parametrize("place", ["files", "memory", "wire", "forms", "pages"])
def test_nothing_lets_the_application_hold_what_proves_who_somebody_is(kind: str, place: str) -> None:
    assert not allowed(Value(kind, "user", "x"), f"application's {place}", typed=True)  # type: ignore[arg-type]


def test_every_exception_has_its_reason_in_both_languages_and_none_is_for_the_wire() -> None:
    assert all(each.why.en.endswith(".") and each.why.zh.endswith("。") for each in ALLOWANCES)
    assert not any("application's wire" in each.places for each in ALLOWANCES)


def test_a_verdict_says_loudly_what_was_not_searched_and_first_what_was_found() -> None:
    unread = "application's memory: the memory of process 7 cannot be read: Operation not permitted"
    blind, found = Findings(values=3, unread=[unread]), Findings(residues=[Residue("the user's phone", "gbk", "x", 7)])

    assert verdict(blind).holds
    assert f"NOT SEARCHED: {unread}" in verdict(blind).sentence.en
    assert (verdict(found).holds, verdict(found).sentence.en) == (False, "found the user's phone as gbk in x at byte 7")


def test_what_an_attacker_sends_is_their_own_and_what_they_get_is_searched() -> None:
    begun, whole = searching(CARD), searching(CARD)
    messages = [exchange(CARD, ""), exchange(CARD, f'{{"number":"{CARD}"}}')]

    begun.messages(lambda *_: "application's wire", messages, honest=0)
    whole.messages(lambda *_: "application's wire", messages[:1], honest=None)

    answered = "the application's wire, answer to POST /api/transfers"
    assert [str(each.file) for each in begun.findings.residues] == [answered]
    assert [str(each.file) for each in whole.findings.residues] == [answered.replace("answer to", "request")]


def test_what_is_typed_after_an_attack_began_is_no_finding_but_known_to_be_typed() -> None:
    looked = searching(CARD)

    looked.messages(of_browser, [exchange(CARD, "", "wallet.localhost")], honest=0)
    looked.look("application's memory", "process 1", 0, CARD.encode())

    assert looked.findings.residues == []


def test_whom_to_pay_may_be_in_memory_once_somebody_typed_it_and_not_before() -> None:
    looked = searching(CARD)

    looked.look("application's memory", "process 1", 0, CARD.encode())
    looked.look("application's forms", "POST /pay", 0, CARD.encode())
    looked.look("application's memory", "process 2", 0, CARD.encode())
    looked.look("application's files", "wallet.db", 0, CARD.encode())

    assert [each.file for each in looked.findings.residues] == ["process 1", "wallet.db"]


@pytest.mark.parametrize(
    ("host", "request_is", "answer_is"),
    [
        ("bank.localhost:8441", "bank's forms", "bank's pages"),
        ("shop-p007.localhost", "application's forms", "application's pages"),
    ],
)
def test_a_browser_speaks_with_the_bank_or_with_an_application(host: str, request_is: str, answer_is: str) -> None:
    message = exchange("", "", host)

    assert [of_browser(message, each) for each in halves(message)] == [request_is, answer_is]


def searching(text: str) -> Search:
    values = {"it": Value("number", "payee", text)}
    return Search(values, Needles({"it": text}), set(), set())


def exchange(body: str, answer: str, host: str = "localhost:8440") -> Message:
    request = httpx.Request("POST", f"https://{host}/api/transfers", content=body.encode())
    return Message(request, body.encode(), httpx.Response(200, content=answer.encode()))


@pytest.mark.clause("9.3.3-2.1", "9.3.1-1.2")
def test_a_login_name_that_came_to_the_wallet_is_found_in_traffic_files_and_memory(gm_theatre: Theatre) -> None:
    watch, stage = Watch(gm_theatre.world, thorough=True), gm_theatre.stage()
    try:
        stage.plays(stage.user).open_wallet(stage.user.login_name)
        findings = watch.after(stage)
        again = watch.after(stage)
    finally:
        stage.close()

    places = [str(each.file) for each in findings.residues]
    assert {each.canary for each in findings.residues} == {"the user's login name"}
    assert any("the application's forms" in each for each in places)
    assert any(each.endswith("wallet.db-wal") for each in places)
    assert findings.unread or findings.processes == 2
    assert again.residues == []
    assert stage.user.login_name not in json.dumps(findings.facts())


@pytest.mark.clause("9.3.3-2.1")
def test_a_play_that_leaves_a_residue_fails_and_says_where(gm_theatre: Theatre) -> None:
    honest = next(each for each in scenarios().values() if each.kind == "happy")
    spilling = type(honest)(**{each: getattr(honest, each) for each in honest.__slots__} | {"play": _spill_a_phone})

    result = gm_theatre.play(spilling)

    assert not result.passed
    assert result.outcome.startswith("residue: the user's phone as utf-8 in ")


@pytest.mark.clause("9.3.3-2.1", "9.3.1-1.2")
def test_what_a_leaky_wallet_writes_down_is_found_with_file_and_byte(gm_theatre: Theatre) -> None:
    leaky = gm_theatre.play(scenarios()["application-retains-data"], "weakened")

    assert leaky.residues is not None
    found = [str(each) for each in leaky.residues.residues]
    assert any(re.fullmatch(r"the payee's number as utf-8 in /.*/app/.* at byte \d+", each) for each in found), found


def _spill_a_phone(stage) -> None:
    from scenarios.texts import Text

    stage.plays(stage.user).open_wallet(f"call {stage.user.phone}")
    stage.require(True, Text("nothing was noticed by the wallet", "钱包未察觉"))
