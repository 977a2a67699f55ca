"""Messages to users: they go out if their transaction commits, over real TLS, and leave nothing behind."""

from __future__ import annotations

import http.client
import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bank_sim import messages
from bank_sim.clock import ManualClock
from bank_sim.keys import Vault
from bank_sim.messages import Dispatcher, Message, Outbox, SmsGateway
from bank_sim.store import Store
from tests.bank.conftest import OpenStore
from tests.edge.conftest import PASSPHRASE, Authority, eventually

VAULT = Vault(bytes(32))
PHONE, TEXT = "15412345678", "您的验证码是 123456"


class Phone:
    """A phone that takes messages over HTTPS; ``status`` is what it answers."""

    def __init__(self, authority: Authority) -> None:
        self.status = 200
        self.received: list[dict[str, str]] = []
        phone = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path == "/sms" and phone.status == 200:
                    phone.received.append(body)
                self.send_response(phone.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue("phone"), password=PASSPHRASE)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}/sms"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def phone(authority: Authority) -> Iterator[Phone]:
    phone = Phone(authority)
    yield phone
    phone.close()


@pytest.fixture
def sms(phone: Phone, authority: Authority) -> SmsGateway:
    return SmsGateway(phone.url, authority.path)


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    store = open_store()
    store.prepare(messages.SCHEMA)
    return store


def enqueue(store: Store, clock: ManualClock, *texts: str) -> None:
    outbox = Outbox(VAULT, clock, lifetime_s=180)
    with store.write() as db:
        for text in texts:
            outbox.enqueue(db, PHONE, text)


def left(store: Store) -> int:
    ((count,),) = store.read("SELECT count(*) FROM outbox")
    assert isinstance(count, int)
    return count


def test_messages_arrive_in_order_and_are_deleted(store: Store, phone: Phone, sms: SmsGateway) -> None:
    clock = ManualClock(1000)
    enqueue(store, clock, TEXT, "second")
    assert Dispatcher(VAULT, clock, sms.deliver).deliver_due(store)
    assert phone.received == [{"to": PHONE, "text": TEXT}, {"to": PHONE, "text": "second"}]
    assert left(store) == 0


@pytest.mark.clause("7.2.2-4")
def test_a_waiting_message_lies_sealed(store: Store) -> None:
    enqueue(store, ManualClock(1000), TEXT)
    ((sealed,),) = store.read("SELECT sealed FROM outbox")
    assert TEXT.encode() not in sealed
    assert PHONE.encode() not in sealed


def test_a_message_of_a_transaction_that_failed_is_never_sent(store: Store) -> None:
    outbox = Outbox(VAULT, ManualClock(1000), lifetime_s=180)
    with pytest.raises(ZeroDivisionError), store.write() as db:
        outbox.enqueue(db, PHONE, str(1 // 0))
    assert left(store) == 0


def test_a_phone_that_refuses_gets_the_message_later(store: Store, phone: Phone, sms: SmsGateway) -> None:
    clock = ManualClock(1000)
    enqueue(store, clock, TEXT)
    dispatcher = Dispatcher(VAULT, clock, sms.deliver)
    phone.status = 503
    assert not dispatcher.deliver_due(store)
    assert left(store) == 1
    phone.status = 200
    assert dispatcher.deliver_due(store)
    assert [each["text"] for each in phone.received] == [TEXT]


def test_a_message_too_old_to_be_of_use_is_dropped_unsent(store: Store, phone: Phone, sms: SmsGateway) -> None:
    clock = ManualClock(1000)
    enqueue(store, clock, TEXT)
    clock.advance(181)
    assert Dispatcher(VAULT, clock, sms.deliver).deliver_due(store)
    assert (phone.received, left(store)) == ([], 0)


def test_a_phone_with_a_strangers_certificate_gets_nothing(phone: Phone, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "stranger")
    sms = SmsGateway(phone.url, stranger.path)
    with pytest.raises(ssl.SSLCertVerificationError):
        sms.deliver(Message(PHONE, TEXT))
    assert phone.received == []


def test_messages_travel_over_tls_only(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="TLS only"):
        SmsGateway("http://localhost/sms", tmp_path / "ca.crt")


def test_the_dispatcher_notices_what_others_enqueue_and_stops(
    store: Store, phone: Phone, sms: SmsGateway, tmp_path: Path
) -> None:
    clock = ManualClock(1000)
    dispatcher = Dispatcher(VAULT, clock, sms.deliver)
    thread = threading.Thread(target=dispatcher.run, args=(lambda: Store(tmp_path / "test.db"),))
    thread.start()
    enqueue(store, clock, TEXT)
    eventually(lambda: phone.received, "the message arrives")
    eventually(lambda: left(store) == 0, "the message is deleted")
    dispatcher.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_a_message_that_cannot_be_read_does_not_end_the_dispatcher(
    store: Store, phone: Phone, sms: SmsGateway, tmp_path: Path
) -> None:
    clock = ManualClock(1000)
    with store.write() as db:
        db.execute("INSERT INTO outbox (sealed, expires_ms) VALUES (x'00', 1001000)")
    dispatcher = Dispatcher(VAULT, clock, sms.deliver)
    thread = threading.Thread(target=dispatcher.run, args=(lambda: Store(tmp_path / "test.db"),))
    thread.start()
    clock.advance(2)
    enqueue(store, clock, TEXT)
    eventually(lambda: phone.received, "the next message arrives")
    dispatcher.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_an_answer_that_is_no_success_is_no_delivery(phone: Phone, sms: SmsGateway) -> None:
    for phone.status in (302, 404, 500):
        with pytest.raises(http.client.HTTPException, match=str(phone.status)):
            sms.deliver(Message(PHONE, TEXT))
    assert phone.received == []
