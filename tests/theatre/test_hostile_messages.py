"""Whatever a foreign client sends, the theatre shows it, and shows it as text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bank_sim.sandbox.trace import Exchange
from scenarios.theatre import rendering
from scenarios.theatre.recording import Recording
from scenarios.theatre.telling import message_of

TEMPLATES = Path(rendering.__file__).parent / "templates"
ENVIRONMENT = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'
texts = st.text(max_size=40)
headers = st.lists(
    st.tuples(
        st.sampled_from(["signature-input", "signature", "content-type", "authorization", "location", "x-api-version"]),
        texts
        | st.sampled_from(['sig1=("@method");created=1;nonce="n";keyid="a.b"', "application/json", "sig1=:AAAA:"]),
    ),
    max_size=4,
)


def shown(exchange: Exchange, language: str = "en") -> str:
    """The message as a row and as a panel."""
    message = message_of("bank-1", exchange, {})
    assert message is not None
    recording = Recording("hostile", "gm")
    recording.add([message])
    row, _ = rendering.rows(ENVIRONMENT, recording, 0, language)
    return row + rendering.panel(ENVIRONMENT, recording, message, language, linked=True)


@settings(deadline=None, max_examples=60)
@given(
    door=st.sampled_from(["gateway", "pages", "sms", "events"]),
    method=st.sampled_from(["GET", "POST", "BREW"]),
    target=texts | st.sampled_from(["*", "", "//x", "/%zz", "/api/accounts/\x7f/balance", "https://evil/", "/a?b"]),
    asked=headers,
    answered=headers,
    request_body=texts | st.sampled_from(["[]", '"x"', "{", '{"sealed": 7}', '{"sealed": "eyJ.a.b", "a": {"b": []}}']),
    answer_body=texts | st.sampled_from(["[]", "null", '{"code": 7}', '{"sealed": "x"}']),
    status=st.sampled_from([200, 204, 303, 400, 404, 500, 599]),
)
def test_any_message_can_be_shown(door, method, target, asked, answered, request_body, answer_body, status) -> None:
    exchange = Exchange(
        door, 0, 0, method, target,
        request_headers=asked, request_body=request_body,
        status=status, answer_headers=answered, answer_body=answer_body,
    )  # fmt: skip

    assert "<li" in shown(exchange)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_foreign_client_sends_is_text_and_never_markup(language: str) -> None:
    exchange = Exchange(
        "gateway", 0, 0, "GET", f"/{EVIL}?x={EVIL}",
        request_headers=[(EVIL, EVIL), ("x-evil", EVIL)], request_body=f'{{"{EVIL[:8]}": "{EVIL[:20]}"}}',
        status=404, answer_headers=[("x-evil", EVIL)], answer_body=EVIL, title=EVIL,
    )  # fmt: skip

    html = shown(exchange, language)

    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
