"""Messages to users: they go out if their transaction commits, over real TLS, and leave nothing behind."""

from __future__ import annotations

import http.client
import http.server
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from bank_sim import messages
from bank_sim.clock import ManualClock
from bank_sim.keys import Vault
from bank_sim.messages import Dispatcher, Message, MessageRefused, Outbox, SmsGateway
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


class Wire:
    """A way to phones, of which some take no message for now (``dead``) and some refuse every one (``refusing``)."""

    def __init__(self, *, dead: tuple[str, ...] = (), refusing: tuple[str, ...] = ()) -> None:
        self.dead, self.refusing = dead, refusing
        self.now_s = 0.0
        self.epoch = 0
        self.tried: list[str] = []
        self.arrived: list[tuple[str, str]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def deliver(self, message: Message) -> None:
        self.tried.append(message.text)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        if message.to in self.refusing:
            raise MessageRefused("the phone answered 400")
        if message.to in self.dead:
            raise ConnectionRefusedError
        self.arrived.append((message.to, message.text))

    def dispatcher(self, clock: ManualClock) -> Dispatcher:
        return Dispatcher(VAULT, clock, self.deliver, lambda: self.now_s, lambda: self.epoch)


def enqueue(store: Store, clock: ManualClock, *texts: str, to: str = PHONE) -> None:
    outbox = Outbox(VAULT, clock, lifetime_s=180)
    with store.write() as db:
        for text in texts:
            outbox.enqueue(db, to, text)


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


@pytest.mark.parametrize("status", [503, 429])
def test_a_phone_that_cannot_now_gets_the_message_later(
    store: Store, phone: Phone, sms: SmsGateway, status: int
) -> None:
    clock, wire = ManualClock(1000), Wire()
    enqueue(store, clock, TEXT)
    dispatcher = Dispatcher(VAULT, clock, sms.deliver, lambda: wire.now_s)
    phone.status = status
    assert not dispatcher.deliver_due(store)
    assert left(store) == 1
    phone.status = 200
    wire.now_s = 1
    assert dispatcher.deliver_due(store)
    assert [each["text"] for each in phone.received] == [TEXT]


def test_a_message_that_the_phone_refuses_is_dropped_and_the_next_arrives(
    store: Store, phone: Phone, sms: SmsGateway, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ManualClock(1000)
    enqueue(store, clock, TEXT)
    dispatcher = Dispatcher(VAULT, clock, sms.deliver)
    phone.status = 400
    assert dispatcher.deliver_due(store)
    assert left(store) == 0
    assert "message 1 dropped: the phone answered 400" in caplog.text
    assert TEXT not in caplog.text
    assert PHONE not in caplog.text


def test_a_refused_message_holds_up_nobody(store: Store) -> None:
    clock, wire = ManualClock(1000), Wire(refusing=("15400000000",))
    enqueue(store, clock, "evil", to="15400000000")
    enqueue(store, clock, TEXT)
    assert wire.dispatcher(clock).deliver_due(store)
    assert wire.arrived == [(PHONE, TEXT)]
    assert left(store) == 0


def test_a_new_message_waits_for_one_failing_try_at_most(store: Store) -> None:
    clock, wire = ManualClock(1000), Wire(dead=("15400000001", "15400000002", "15400000003"))
    dispatcher = wire.dispatcher(clock)
    for phone in wire.dead:
        enqueue(store, clock, f"to {phone}", to=phone)
    dispatcher.deliver_due(store)
    wire.tried.clear()
    wire.now_s = 10
    wire.meanwhile = lambda: enqueue(store, clock, TEXT)
    dispatcher.deliver_due(store)
    assert wire.tried[1] == TEXT
    assert wire.arrived == [(PHONE, TEXT)]


def test_messages_to_one_phone_keep_their_order_through_failures(store: Store) -> None:
    clock, wire = ManualClock(1000), Wire(dead=(PHONE,))
    dispatcher = wire.dispatcher(clock)
    enqueue(store, clock, "first", "second")
    dispatcher.deliver_due(store)
    enqueue(store, clock, "third")
    dispatcher.deliver_due(store)
    assert wire.tried == ["first"]
    wire.dead, wire.now_s = (), 10
    assert dispatcher.deliver_due(store)
    assert [text for _, text in wire.arrived] == ["first", "second", "third"]


def test_pauses_between_tries_grow_until_the_message_is_too_old(store: Store) -> None:
    clock, wire = ManualClock(1000), Wire(dead=(PHONE,))
    dispatcher = wire.dispatcher(clock)
    enqueue(store, clock, TEXT)
    tried_at = []
    while left(store):
        before = len(wire.tried)
        dispatcher.deliver_due(store)
        tried_at += [wire.now_s] * (len(wire.tried) - before)
        wire.now_s += 0.1
        clock.advance(0.1)
    pauses = [later - earlier for earlier, later in pairwise(tried_at)]
    assert pauses[:4] == pytest.approx([0.2, 0.4, 0.8, 1.6], abs=0.11)
    assert max(pauses) == pytest.approx(5.0, abs=0.11)
    assert tried_at[-1] < 180


def test_an_outbox_that_was_put_back_to_an_earlier_state_is_emptied_all_the_same(store: Store) -> None:
    clock, wire = ManualClock(1000), Wire()
    dispatcher = wire.dispatcher(clock)
    enqueue(store, clock, "one", "two", "three")
    dispatcher.deliver_due(store)
    with store.write() as db:
        db.execute("DELETE FROM outbox")
        db.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'outbox'")
    enqueue(store, clock, "of the other past")
    assert not any(text == "of the other past" for text in wire.tried)

    wire.epoch += 1
    assert dispatcher.deliver_due(store)

    assert wire.arrived[-1] == (PHONE, "of the other past")
    assert left(store) == 0


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


def test_a_message_that_cannot_be_read_is_dropped_and_holds_up_nobody(store: Store) -> None:
    clock, wire = ManualClock(1000), Wire()
    with store.write() as db:
        db.execute("INSERT INTO outbox (sealed, expires_ms) VALUES (x'00', 9999000)")
    enqueue(store, clock, TEXT)
    assert wire.dispatcher(clock).deliver_due(store)
    assert wire.arrived == [(PHONE, TEXT)]
    assert left(store) == 0


def test_a_database_that_fails_does_not_end_the_dispatcher(
    store: Store, phone: Phone, sms: SmsGateway, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ManualClock(1000)
    with store.write() as db:
        db.execute("ALTER TABLE outbox RENAME TO elsewhere")
    dispatcher = Dispatcher(VAULT, clock, sms.deliver)
    thread = threading.Thread(target=dispatcher.run, args=(lambda: Store(tmp_path / "test.db"),))
    thread.start()
    eventually(lambda: "could not be emptied" in caplog.text, "the failure is noted")
    with store.write() as db:
        db.execute("ALTER TABLE elsewhere RENAME TO outbox")
    enqueue(store, clock, TEXT)
    eventually(lambda: phone.received, "the message arrives")
    dispatcher.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_an_answer_that_is_no_success_is_no_delivery(phone: Phone, sms: SmsGateway) -> None:
    for phone.status in (302, 408, 429, 500):
        with pytest.raises(http.client.HTTPException, match=str(phone.status)):
            sms.deliver(Message(PHONE, TEXT))
    for phone.status in (400, 404, 415):
        with pytest.raises(MessageRefused, match=str(phone.status)):
            sms.deliver(Message(PHONE, TEXT))
    assert phone.received == []
