"""What the bank posts to applications stands in the theatre, once, with its signature."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from bank_sim.clock import ManualClock
from bank_sim.events import Event
from bank_sim.events.courier import Receipt
from bank_sim.events.message import body_of, signed
from bank_sim.sandbox.trace import Exchange, Trace
from bank_sim.sandbox.watching import watched_post
from bank_sim.sdk.protocol.keypairs import generate
from scenarios.theatre.sources import Visit
from scenarios.theatre.telling import message_of


def test_what_the_bank_posts_to_an_application_is_told_with_its_signature_and_without_duplicate() -> None:
    clock = ManualClock(1_769_824_800)
    kept: list[Exchange] = []
    event = Event("evt_1", "app_1", 3, "consent.revoked", "con_1", {}, 0, "pending", 0, 0)
    posted = signed("https://wallet.localhost:8442/events", body_of(event), generate("gm", "sig"), clock.now_s())
    trace = cast(Trace, SimpleNamespace(keep=kept.append))
    assert watched_post(lambda _: Receipt("delivered", 204, 3), trace, clock)(posted).status == 204
    message = message_of("bank-1", kept[0], {"app_1": ("Shop", "小店")})
    assert message is not None
    assert (message.sender, message.receiver, message.kind, message.status) == ("bank", "application", "event", 204)
    assert message.asks.en == "Tells of a user's consent"
    assert "signed" in message.request_marks
    assert str(message.application) == "Shop"
    seen = Visit("application", 0, 0, 0, "POST", "/events", (), 204, "", "")
    assert message_of("app-1", seen, {}) is None
