"""Pages are read as a browser reads them, and forms send what a browser would send."""

import pytest

from user_sim.forms import CannotFill, Choice, Form
from user_sim.pages import read

CONSENT = """
<!doctype html><html lang="zh-CN"><head><title>授权 · Bank</title><style>p { color: red }</style></head>
<body><h1>授权</h1><p>Lumen <b>Wallet</b>
 asks.</p><script>alert("hidden")</script>
<form method="post" action="/consent">
  <input type="hidden" name="csrf" value="t&amp;k">
  <label><input type="checkbox" name="accounts" value="a1" checked> One</label>
  <label><input type="checkbox" name="accounts" value="a2"> Two</label>
  <input type="checkbox" name="agree" value="yes" required>
  <label for="code">Code from the <b>phone</b></label>
  <input id="code" name="otp" pattern="[0-9]{6}" maxlength="6" required>
  <input name="off" value="x" disabled>
  <select name="days"><option value="30">a month</option><option value="90" selected>a quarter</option></select>
  <textarea name="note">hi</textarea>
  <button name="decision" value="allow">Allow</button>
  <button name="decision" value="deny" type="submit" formnovalidate>No, <i>thanks</i></button>
  <button type="button" name="ignored">x</button>
</form>
<a href="/help?x=1&amp;y=2">Help <em>me</em></a></body></html>
"""


@pytest.fixture
def form() -> Form:
    return read(CONSENT).forms[0]


def test_the_visible_text_is_read_by_blocks() -> None:
    document = read(CONSENT)
    assert (document.title, document.lang) == ("授权 · Bank", "zh-CN")
    assert document.lines[:2] == ["授权", "Lumen Wallet asks."]
    assert "hidden" not in document.text
    assert "color" not in document.text


def test_links_carry_their_text_and_target() -> None:
    link = read(CONSENT).links[0]
    assert (link.text, link.href) == ("Help me", "/help?x=1&y=2")


def test_hidden_fields_and_defaults_go_along(form: Form) -> None:
    sent = form.filled({"accounts": ["a2"], "agree": "yes", "otp": "123456"}, form.buttons[0])
    assert sent == [
        ("csrf", "t&k"), ("accounts", "a2"), ("agree", "yes"), ("otp", "123456"), ("days", "90"), ("note", "hi"),
        ("decision", "allow"),
    ]  # fmt: skip


def test_boxes_keep_their_state_unless_answered(form: Form) -> None:
    sent = form.filled({"agree": "yes", "otp": "123456"}, None)
    assert [value for name, value in sent if name == "accounts"] == ["a1"]


def test_what_a_form_offers_can_be_asked(form: Form) -> None:
    assert form.offered("accounts") == [Choice("a1", "One"), Choice("a2", "Two")]
    assert form.offered("days") == [Choice("30", "a month"), Choice("90", "a quarter")]
    assert form.offered("decision") == [Choice("allow", "Allow"), Choice("deny", "No, thanks")]


def test_a_label_stands_for_what_is_inside_it_or_for_the_id_it_names(form: Form) -> None:
    labels = {control.name: control.label for control in form.controls}
    assert labels["otp"] == "Code from the phone"
    assert labels["agree"] == ""


def test_a_button_that_is_not_there_cannot_be_pressed(form: Form) -> None:
    assert form.button("decision", "deny").text == "No, thanks"
    with pytest.raises(CannotFill, match="no button decision=sign"):
        form.button("decision", "sign")


def test_a_button_may_send_the_form_as_it_is(form: Form) -> None:
    sent = form.filled({}, form.button("decision", "deny"))
    assert ("decision", "deny") in sent
    assert ("otp", "") in sent
    assert not any(name == "agree" for name, _ in sent)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"agree": "yes", "otp": "123456", "off": "1"}, "no field off"),
        ({"agree": "yes", "otp": "123456", "accounts": ["a3"]}, "does not offer"),
        ({"agree": [], "otp": "123456"}, "agree must be ticked"),
        ({"agree": "yes", "otp": ""}, "otp must be filled in"),
        ({"agree": "yes", "otp": "12345"}, "format"),
        ({"agree": "yes", "otp": "123456", "days": "31"}, "that choice"),
    ],
)
def test_what_a_browser_would_not_send_is_not_sent(form: Form, answers: dict[str, str], reason: str) -> None:
    with pytest.raises(CannotFill, match=reason):
        form.filled(answers, None)


def test_malformed_html_is_read_as_far_as_it_goes() -> None:
    document = read("<p>one<p>two<form><input name=a value=1></div><b>three")
    assert document.lines == ["one", "two", "three"]
    assert document.forms[0].filled({}, None) == [("a", "1")]
