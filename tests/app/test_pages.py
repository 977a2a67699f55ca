"""The wallet's pages: who may see them, in which language, with which headers, and how they refuse."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import app_sim
from app_sim.pages.texts import EN, ZH

_NAMED_AT_RUNTIME = (
    "failed|http_|class_|state_|event_|kind_|result_|category_|debit|credit|breaker_|api_|form_|held_|file_|filed_"
    "|agreement_|debit_|every_|allows_|told_|deed_|use_|why_|group_|note_|rule_|severity_|ended_|differs_"
    r"|(promise|link_step|may_keep|may_not)_\d|probe_\d+$|ticket_(open|taken|closed)$"
    "|(accounts|pay|history|products|keys|reconciliation)$"
)
TEMPLATES = Path(app_sim.__file__).parent / "templates"


@pytest.mark.clause("12.2-1.2")
@pytest.mark.parametrize(
    ("language", "words"), [("en", "is not a bank"), ("zh-CN,zh;q=0.9", "不是银行"), ("fr", "is not a bank")]
)
def test_every_page_says_that_the_wallet_is_not_the_bank(
    wallet: Any, visitor_of: Any, town: Any, language: str, words: str
) -> None:
    visitor = visitor_of(wallet, **{"Accept-Language": language}).sign_in().link(town)
    for path in ("/", "/accounts", "/pay", "/history", "/products", "/nowhere"):
        assert words in visitor.get(path).text, path


@pytest.mark.clause("7.2.2-3.3.3")
def test_pages_are_not_cached_framed_or_scripted(visitor: Any, town: Any) -> None:
    visitor.sign_in().link(town)
    for path in ("/", "/accounts", "/nowhere", "/static/wallet.css"):
        headers = visitor.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == ("no-cache" if path.startswith("/static") else "no-store")
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "form-action 'self' https://bank.localhost:8441" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.clause("7.2.2-3.2.2")
def test_accounts_are_shown_masked(visitor: Any, town: Any) -> None:
    page = visitor.sign_in().link(town).get("/accounts").text
    assert re.search(r"\d{6}\*{4,}\d{4}", page)
    assert not any(each.account_number in page for each in town.accounts)


@pytest.mark.clause("12.2-1.1.1", "12.2-1.1.3")
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Your consent at the bank is a separate one"), ("zh-CN", "您在银行的授权另行取得")]
)
def test_the_wallet_asks_for_a_consent_of_its_own_beside_the_button_that_gives_it(
    wallet: Any, visitor_of: Any, language: str, words: str
) -> None:
    page = visitor_of(wallet, **{"Accept-Language": language}).get("/").text
    form = re.search(r'<form[^>]*action="/sign-in".*?</form>', page, re.DOTALL)

    assert form is not None
    assert words in form.group()
    assert "<button" in form.group()


def test_who_is_not_signed_in_sees_nothing(visitor: Any) -> None:
    for path in ("/accounts", "/pay", "/history", "/callback", "/payments/LW1", "/accounts/aaaa"):
        page = visitor.get(path)
        assert page.status_code == 401
        assert "SESSION_REQUIRED" in page.text


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/link", "/unlink", "/pay", "/payments/LW1/execute"])
def test_a_form_that_did_not_come_from_our_page_is_refused(visitor: Any, path: str) -> None:
    visitor.sign_in()
    for fields in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "é"}):
        page = visitor.post(path, nickname="Lux", **fields)
        assert page.status_code == 403
        assert "FORM_FORGED" in page.text


def test_a_form_of_another_visitor_is_refused(wallet: Any, visitor: Any, visitor_of: Any) -> None:
    theirs = re.search(r'name="csrf" value="(\w+)"', visitor_of(wallet).sign_in("Eve").get("/").text)
    assert theirs is not None
    assert visitor.sign_in().post("/link", csrf=theirs[1]).status_code == 403


def test_cookies_are_bound_to_this_host_and_hidden_from_scripts(visitor: Any) -> None:
    lines = visitor.submit(visitor.get("/"), "/sign-in", nickname="Lux").headers.getlist("Set-Cookie")
    assert {line.partition("=")[0] for line in lines} == {"__Host-wallet", "__Host-wallet-device"}
    for line in lines:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in line.split(";")}
        assert "Domain" not in line


def test_signing_in_replaces_the_session(wallet: Any, visitor: Any) -> None:
    before = re.findall("__Host-wallet=([^;]+)", str(visitor.get("/").headers.getlist("Set-Cookie")))
    after = re.findall(
        "__Host-wallet=([^;]+)",
        str(visitor.submit(visitor.get("/"), "/sign-in", nickname="Lux").headers.getlist("Set-Cookie")),
    )
    assert before != after
    assert wallet.sessions.user(before[0]) is None
    assert wallet.sessions.user(after[0]).nickname == "Lux"


def test_a_browser_is_known_again_and_another_one_with_the_same_nickname_is_not(
    wallet: Any, visitor: Any, visitor_of: Any
) -> None:
    visitor.sign_in("Lux")
    visitor.submit(visitor.get("/"), "/sign-out")
    visitor.sign_in("Lux")
    visitor_of(wallet).sign_in("Lux")
    assert len(wallet.store.read("SELECT * FROM users")) == 2
    logins = wallet.store.read("SELECT user_id, count(*) n FROM journal WHERE event = 'signed_in' GROUP BY user_id")
    assert sorted(row["n"] for row in logins) == [1, 2]


@pytest.mark.parametrize("past", ["session_idle_s", "session_absolute_s"])
def test_a_session_ends_when_it_idles_and_when_it_is_old(town: Any, wallet: Any, visitor: Any, past: str) -> None:
    visitor.sign_in()
    step_s = wallet.config.session_idle_s + 1 if past == "session_idle_s" else 1000
    for _ in range(1 if past == "session_idle_s" else wallet.config.session_absolute_s // 1000 + 1):
        assert visitor.get("/history").status_code == 200
        town.clock.advance(step_s)
    assert visitor.get("/history").status_code == 401


@pytest.mark.clause("12.2-1.1.2")
@pytest.mark.parametrize(
    "nickname", ["", "  ", "x" * 25, "Lu\nx", "13812345678", "6221 0000 1111 2222", "id 110101-19800101"]
)
def test_a_nickname_is_short_and_no_personal_number(visitor: Any, wallet: Any, nickname: str) -> None:
    page = visitor.submit(visitor.get("/"), "/sign-in", nickname=nickname)
    assert page.status_code == 400
    assert "PARAM_INVALID" in page.text
    assert wallet.store.read("SELECT * FROM users") == []


def test_a_refusal_shows_its_code_and_the_banks_trace(town: Any, visitor: Any, wallet: Any) -> None:
    page = visitor.sign_in().link(town).get(f"/accounts/{'a' * 20}")
    assert page.status_code == 404
    trace = wallet.store.read("SELECT trace_id FROM journal WHERE kind = 'call' ORDER BY seq DESC")[0]["trace_id"]
    assert "RESOURCE_NOT_AUTHORIZED" in page.text
    assert trace in page.text
    assert town.bank.store.read("SELECT code FROM access_log WHERE trace_id = ?", (trace,)) == [
        ("RESOURCE_NOT_AUTHORIZED",)
    ]


def test_an_unforeseen_failure_is_opaque(
    town: Any, visitor: Any, wallet: Any, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.sign_in().link(town)
    wallet.store.db.execute("ALTER TABLE payments RENAME TO elsewhere")
    page = visitor.get("/history")
    assert page.status_code == 500
    assert "INTERNAL_ERROR" in page.text
    for hidden in ("payments", "sqlite", "Traceback"):
        assert hidden not in page.text
    assert re.search(r"OperationalError at .*, trace \w{32}", caplog.text)
    assert "no such table" not in caplog.text


@pytest.mark.parametrize("host", ["evil.example", "wallet.localhost.evil.example"])
def test_a_page_under_a_foreign_name_is_refused(wallet: Any, host: str) -> None:
    from app_sim.pages.app import create_app

    assert create_app(wallet).test_client().get("/", base_url=f"https://{host}").status_code == 400


def test_every_text_stands_in_both_languages_and_every_template_finds_its_texts() -> None:
    assert EN.keys() == ZH.keys()
    assert all(EN.values())
    assert all(ZH.values())
    used = {
        name
        for template in TEMPLATES.glob("*.html")
        for name in re.findall(r"\bt\.(\w+)", template.read_text(encoding="utf-8"))
    }
    assert used <= EN.keys()
    assert {name for name in EN if not re.match(_NAMED_AT_RUNTIME, name)} <= used


def test_every_field_of_a_form_has_a_label(town: Any, visitor: Any) -> None:
    pages = [visitor.get("/").text, visitor.sign_in().link(town).get("/pay").text]
    for page in pages:
        fields = re.findall(r'<(?:input|select) id="(\w+)" name="(\w+)"', page)
        labels = re.findall(r'<label for="(\w+)"', page)
        assert fields
        assert [field_id for field_id, _ in fields] == labels


def test_a_stylesheet_that_is_not_there_is_a_page_that_says_so_and_no_visit(wallet: Any, visitor_of: Any) -> None:
    for language, words in (("en", "That did not work"), ("zh-CN", "操作未成功")):
        page = visitor_of(wallet, **{"Accept-Language": language}).get("/static/none.css")
        assert page.status_code == 404
        assert words in page.text
        assert "HTTP_404" in page.text
        assert "Set-Cookie" not in page.headers


def test_a_table_can_be_stacked_on_a_phone_and_stays_a_table(town: Any, visitor: Any) -> None:
    """Each cell bears its column's heading to be shown beside it, and the roles that a changed display takes away."""
    visitor.sign_in().link(town).pay(town)
    account = re.search(r'href="(/accounts/\w+)"', visitor.get("/accounts").text)
    assert account is not None
    for path, count in (("/history", 2), ("/products", 1), (account[1], 1)):
        tables = re.findall(r'<table class="table stacked" role="table">.*?</table>', visitor.get(path).text, re.DOTALL)
        assert len(tables) == count
        for table in tables:
            head, *rows = re.findall(r'<tr role="row".*?</tr>', table, re.DOTALL)
            headings = re.findall(r'<th role="columnheader" scope="col"[^>]*>(.*?)</th>', head)
            assert rows
            for row in rows:
                assert re.findall(r'<td role="cell" data-label="(.*?)"', row) == headings
                assert row.count("<td") == len(headings)
    sheet = visitor.get("/sdk/design/design.css").text
    assert re.search(r"@media \(max-width: 40rem\) \{[^@]*attr\(data-label\)", sheet)


def test_a_wallet_that_leaves_checks_out_says_so_on_every_page(town: Any, wallet: Any, visitor_of: Any) -> None:
    weakened = town.open_wallet(town.wallet_config("gm", weakened=frozenset({"answer_fresh"})))
    for path in ("/", "/kept", "/nowhere"):
        assert re.search(r'class="weakened".*<code>answer_fresh</code>', visitor_of(weakened).get(path).text)
        assert 'class="weakened"' not in visitor_of(wallet).get(path).text
    weakened.close()


@pytest.mark.clause("12.3-2.3")
def test_history_can_be_narrowed_to_a_kind_and_goes_back_page_by_page(visitor: Any, wallet: Any) -> None:
    visitor.sign_in()
    user_id = wallet.store.read("SELECT user_id FROM users")[0]["user_id"]
    with wallet.store.write() as db:
        for number in range(60):
            wallet.journal.authorization(db, user_id, "asked", f"ask-{number}")
    newest = visitor.get("/history").text
    assert newest.count("data-event=") == 50
    assert "ask-59" in newest
    older = re.search(r'href="/history\?before=(\d+)"', newest)
    assert older is not None
    rest = visitor.get("/history", before=older[1]).text
    assert rest.count("data-event=") == 11
    assert {"ask-9<", "ask-0<"} <= set(re.findall(r"ask-\d+<", rest))
    assert set(re.findall(r'data-kind="(\w+)"', visitor.get("/history", kind="login").text)) == {"login"}
    for nonsense in ("call", "x", "'"):
        assert visitor.get("/history", kind=nonsense).text.count("data-event=") == 50
    for nonsense in ("-1", "0", "x", "9" * 30):
        assert visitor.get("/history", before=nonsense).status_code == 200
