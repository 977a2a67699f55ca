"""The phone takes messages strictly, shows them readably, and lives no longer than whoever started it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scenarios.ports import free_ports
from user_sim.inbox import KEPT_PER_PHONE, Inbox
from user_sim.pages import read

if TYPE_CHECKING:
    from tests.user.conftest import PhoneProcess

NUMBER = "15412345678"
TEXT = "【示例银行】验证码123456，您正向**明（622100******7890）付款100000.00元。"


def test_a_message_is_shown_to_whom_it_was_sent(phone: PhoneProcess) -> None:
    with phone.client() as client:
        assert client.post(phone.sms_url, json={"to": NUMBER, "text": TEXT}).status_code == 204
        shown = client.get(f"{phone.url}/phone/{NUMBER}").text
        other = client.get(f"{phone.url}/phone/15400000000").text
    assert TEXT in read(shown).lines
    assert '<strong class="code">123456</strong>' in shown
    assert TEXT not in read(other).text


def test_the_newest_message_stands_on_top(phone: PhoneProcess) -> None:
    with phone.client() as client:
        for text in ("the first", "the second"):
            client.post(phone.sms_url, json={"to": NUMBER, "text": text})
        lines = read(client.get(f"{phone.url}/phone/{NUMBER}").text).lines
    assert lines.index("the second") < lines.index("the first")


def test_markup_in_a_message_stays_text(phone: PhoneProcess) -> None:
    with phone.client() as client:
        client.post(phone.sms_url, json={"to": NUMBER, "text": '<img src=x onerror="alert(1)"> 654321 </p>'})
        shown = client.get(f"{phone.url}/phone/{NUMBER}").text
    assert "<img src=x" not in shown
    assert '&lt;img src=x onerror=&#34;alert(1)&#34;&gt; <strong class="code">654321</strong>' in shown


def test_the_first_page_lists_the_phones(phone: PhoneProcess) -> None:
    with phone.client() as client:
        document = read(client.get(f"{phone.url}/").text)
    assert any(link.href == f"/phone/{NUMBER}" and "王秀英" in link.text for link in document.links)


@pytest.mark.parametrize(
    ("preferred", "title"), [("zh-CN,zh;q=0.9", "手机"), ("de,en;q=0.5", "Phones"), ("", "Phones")]
)
def test_the_page_speaks_the_browsers_language(phone: PhoneProcess, preferred: str, title: str) -> None:
    with phone.client(preferred) as client:
        assert read(client.get(f"{phone.url}/").text).title == title


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"to": "15412345678"}',
        b'{"to": "15412345678", "text": ""}',
        b'{"to": 15412345678, "text": "x"}',
        b'{"to": "15412345678", "text": "x", "from": "bank"}',
        b'{"to": "154123456789", "text": "x"}',
        b'{"to": "15412345678\\n", "text": "x"}',
        '{"to": "1５412345678", "text": "x"}'.encode(),
        b'{"to": "15412345678", "text": "a\\u0000b"}',
        b'{"to": "15412345678", "text": "' + b"x" * 501 + b'"}',
    ],
)
def test_what_is_no_message_is_refused(phone: PhoneProcess, body: bytes) -> None:
    with phone.client() as client:
        answer = client.post(phone.sms_url, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400


def test_a_large_body_is_refused(phone: PhoneProcess) -> None:
    with phone.client() as client:
        answer = client.post(phone.sms_url, content=b"{" + b" " * 5000, headers={"content-type": "application/json"})
    assert answer.status_code == 413


def test_a_form_of_another_site_cannot_send_a_message(phone: PhoneProcess) -> None:
    with phone.client() as client:
        answer = client.post(
            phone.sms_url, content=b'{"to": "15412345678", "text": "x"}', headers={"content-type": "text/plain"}
        )
    assert answer.status_code == 415


def test_a_foreign_name_that_leads_here_reads_nothing(phone: PhoneProcess) -> None:
    with phone.client() as client:
        answer = client.get(f"{phone.url}/phone/{NUMBER}", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert NUMBER not in answer.text


@pytest.mark.parametrize("path", ["/nothing", "/phone/12", "/phone/1541234567x", "/sms/1"])
def test_there_are_no_other_pages(phone: PhoneProcess, path: str) -> None:
    with phone.client() as client:
        answer = client.get(phone.url + path)
    assert answer.status_code == 404
    assert "There is no such page." in read(answer.text).lines


def test_pages_may_load_nothing_foreign_and_are_not_stored(phone: PhoneProcess) -> None:
    with phone.client() as client:
        headers = client.get(f"{phone.url}/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_the_phone_ends_when_its_stdin_closes(own_phone: PhoneProcess) -> None:
    assert own_phone.process.stdin is not None
    own_phone.process.stdin.close()
    assert own_phone.process.wait(5) == 0


def test_sigterm_ends_the_phone_in_order_and_messages_survive(own_phone: PhoneProcess, tmp_path: Path) -> None:
    with own_phone.client() as client:
        client.post(own_phone.sms_url, json={"to": NUMBER, "text": "kept"})
    own_phone.process.terminate()
    assert own_phone.process.wait(5) == 0
    assert not list(tmp_path.glob("user.db-*"))
    with closing(sqlite3.connect(tmp_path / "user.db")) as db:
        assert db.execute("SELECT text FROM messages").fetchall() == [("kept",)]


@pytest.mark.parametrize(
    ("change", "passphrase", "line"),
    [
        ({"prot": 1}, b"the phone's\n", b"The phone's settings cannot be used: Object contains unknown field `prot`"),
        ({}, b"a wrong one\n", b"The passphrase does not open "),
    ],
)
def test_what_keeps_the_phone_from_starting_is_one_line(
    own_phone: PhoneProcess, tmp_path: Path, change: dict[str, int], passphrase: bytes, line: bytes
) -> None:
    assert own_phone.process.poll() is None
    settings = json.loads((tmp_path / "config.json").read_text()) | {"port": free_ports().phone} | change
    (tmp_path / "other.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "user_sim", "--config", str(tmp_path / "other.json")]
    ended = subprocess.run(command, input=passphrase, capture_output=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith(line)
    assert ended.stderr.count(b"\n") == 1


def test_only_the_newest_messages_of_a_phone_stay(tmp_path: Path) -> None:
    with closing(Inbox(tmp_path / "user.db")) as inbox:
        inbox.receive("15400000000", "another phone's", 0)
        for number in range(KEPT_PER_PHONE + 5):
            inbox.receive(NUMBER, f"message {number}", number)
        kept = [message.text for message in inbox.messages(NUMBER)]
        assert inbox.counts() == {"15400000000": 1, NUMBER: KEPT_PER_PHONE}
    assert kept[0] == f"message {KEPT_PER_PHONE + 4}"
    assert kept[-1] == "message 5"
