"""What every page of the portal has: narrow headers, two languages, labels, and texts that are complete and used."""

from __future__ import annotations

import ast
import json
import re
import shlex
from pathlib import Path

import pytest

from bank_sim.portal import advice
from bank_sim.portal.description import Description
from bank_sim.portal.handbook import FOLDER, PAGES, chapter_of, render
from bank_sim.portal.meanings import MEANINGS
from bank_sim.portal.mistakes import MISTAKES
from bank_sim.portal.texts import TEXTS
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import CATALOGUE
from bank_sim.throttle.quotas import Setting, set_quota
from tests.branch import Reply
from tests.portal.developer import Developer
from tests.portal.office import AUTHORITY, Office

ROOT = Path(__file__).parents[2]
PORTAL = ROOT / "bank_sim/portal"
# What developers meet is raised in these; the others speak to users, staff and the sandbox's owner.
MET_BY_DEVELOPERS = ("gateway", "authserver", "registry", "consent", "tokens", "core", "sdk", "portal")
HAN = re.compile(r"[\u4e00-\u9fff]")


def pages_of(office: Office, language: str) -> dict[str, Reply]:
    """Every page there is."""
    developer = Developer(office, language)
    public = ["/", "/apis", "/apis/transfers.create", "/apis/rates.list", "/handbook", "/problems", "/sign-in",
              "/register", "/try/accounts.list", *(f"/handbook/{each}" for each in PAGES)]  # fmt: skip
    pages = {path: developer.get(path) for path in public}
    pages["issued"] = developer.make_application("gm")
    for path in ("/try/transfers.create", "/try/rates.list", "/tokens", "/application", "/application/calls"):
        pages[f"signed in {path}"] = developer.get(path)
    pages["exchange"] = developer.call("rates.list")
    pages["refused"] = developer.call("rates.list", mistake="mac_altered")
    pages["sealed"] = developer.call("transfers.create", act="compose")
    developer.get("/tokens")
    developer.submit("/tokens/accounts")
    pages["pushed"] = developer.follow()
    trace_id = office.bank.store.read("SELECT trace_id FROM access_log WHERE code = 'APP_AUTH_FAILED'")[0][0]
    pages["call"] = developer.get(f"/application/calls/{trace_id}")
    pages["unknown"] = developer.get("/no/such/page")
    return pages


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_narrow_labelled_and_of_one_language(office: Office, language: str) -> None:
    lang = {"en": "en", "zh": "zh-CN"}[language]
    for name, page in pages_of(office, language).items():
        assert page.status == (404 if name == "unknown" else 200), (name, page.status)
        policy = page.header("content-security-policy")
        for directive in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert directive in policy, name
        assert "unsafe" not in policy
        assert page.header("cache-control") == "no-store"
        assert page.header("x-content-type-options") == "nosniff"
        assert f'<html lang="{lang}">' in page.text
        assert 'class="party-portal"' in page.text
        assert not re.search(r"<script(?! src=\"/portal/)|style=|\son\w+=", page.text), name
        assert page.text.count("<h1") == 1, name
        assert len(page.body) < 150_000, name
        for field in re.findall(r"<(?:input|select)[^>]*>", page.text):
            if 'type="hidden"' not in field:
                identity = re.findall(r'id="([^"]+)"', field)[0]
                assert f'<label for="{identity}">' in page.text, (name, field)


@pytest.mark.clause("12.1-3.1")
def test_the_catalogue_is_open_to_everybody_and_lists_every_interface(office: Office) -> None:
    page = Developer(office).get("/apis").text
    for api in office.bank.catalogue:
        assert api.api_id in page
        assert api.u_api_id in page
    document = json.loads(Developer(office).get("/apis.json").body)
    assert document["openapi"] == "3.1.0"


@pytest.mark.clause("12.1-3.2")
def test_the_reference_is_what_the_gateway_describes(office: Office) -> None:
    described = Description(office.line(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n").partition(b"\r\n\r\n")[2])
    assert list(described.operations) == [each.api_id for each in office.bank.catalogue]
    create = described.operations["transfers.create"]
    assert [each.name for each in create.sealed_in] == ["creditor_account", "creditor_name"]
    assert create.idempotent
    assert not create.takes_secret
    balance = described.operations["accounts.balance"]
    assert [each.name for each in balance.sealed_out] == ["available_balance", "ledger_balance"]
    members = {
        each.name
        for one in described.operations.values()
        for each in (*one.in_path, *one.in_query, *one.request, *one.answer)
    }
    for language in ("en", "zh"):
        assert members <= MEANINGS[language].keys()
    page = Developer(office).get("/apis/transfers.create").text
    for each in create.request:
        assert f"<code>{each.path}</code>" in page


def test_both_languages_say_the_same_things() -> None:
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()
    for name, english in TEXTS["en"].items():
        chinese = TEXTS["zh"][name]
        assert type(english) is type(chinese), name
        if isinstance(english, str):
            assert sorted(re.findall(r"{(\w+)}", english)) == sorted(re.findall(r"{(\w+)}", chinese)), name
            assert not HAN.search(english), name
        else:
            assert len(english) == len(chinese), name


def test_every_text_is_used_and_every_used_text_exists() -> None:
    sources = [*PORTAL.glob("*.py"), *PORTAL.glob("templates/portal/*.html")]
    text = "".join(each.read_text() for each in sources if not each.name.startswith("texts"))
    used = {name for pair in re.findall(r'\bt\.(\w+)|words\["(\w+)"', text) for name in pair if name}
    assert used == TEXTS["en"].keys()


def test_whatever_a_developer_may_be_refused_for_has_advice_in_both_languages() -> None:
    kinds = {name: kind.code for name, kind in vars(problems).items() if isinstance(kind, problems.Kind)}
    raised: set[str] = set()
    for package in MET_BY_DEVELOPERS:
        for path in (ROOT / "bank_sim" / package).rglob("*.py"):
            # What the blacklist refuses, it refuses to the bank's staff.
            if "problems" in path.parts or path.name == "blacklist.py":
                continue
            tree = ast.parse(path.read_text())
            raised |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            raised |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    codes = {code for name, code in kinds.items() if name in raised}
    assert len(codes) > 60
    for language in ("en", "zh"):
        assert codes - advice.table(language).keys() == set()
        assert advice.table(language).keys() <= CATALOGUE.keys()


@pytest.mark.parametrize("name", PAGES)
def test_a_chapter_has_the_same_sections_and_programs_in_both_languages(name: str) -> None:
    english, chinese = ((FOLDER / each / f"{name}.md").read_text() for each in ("en", "zh"))
    for text in (english, chinese):
        assert text.startswith("# ")
    assert len(chapter_of(name, "en").contents) == len(chapter_of(name, "zh").contents) > 2
    assert HAN.search(chinese)
    shape = r"^```(\w+)$"
    assert re.findall(shape, english, re.MULTILINE) == re.findall(shape, chinese, re.MULTILINE)


def test_the_wire_in_chinese_shows_the_very_messages_and_numbers_of_the_english_page() -> None:
    english, chinese = ((FOLDER / each / "wire.md").read_text() for each in ("en", "zh"))
    assert (FOLDER / "en" / "wire.md").resolve() == ROOT / "docs" / "wire.md"
    block = re.compile(r"^```\w+\n.*?^```$", re.MULTILINE | re.DOTALL)
    assert block.findall(chinese) == block.findall(english)
    number = re.compile(r"^\| `(\w+)` \| (\d+) \|", re.MULTILINE)
    assert number.findall(chinese) == number.findall(english)


def test_a_handbooks_markup_is_text_and_its_links_lead_into_the_handbook(office: Office) -> None:
    chapter = render("# A\n\n<script>alert(1)</script> [x](wire.md#3) [y](problems.md) `NONCE_REPLAYED`\n", "en")
    assert "<script>" not in chapter.html
    assert 'href="/handbook/wire#3"' in chapter.html
    assert 'href="/problems"' in chapter.html
    assert '<a href="/problems#NONCE_REPLAYED">' in chapter.html
    developer = Developer(office)
    for name in PAGES:
        for target in set(re.findall(r'href="(/[^"#]*)', developer.get(f"/handbook/{name}").text)):
            assert target in ("/ca.crt",) or developer.get(target).status in (200, 303), (name, target)


def test_chinese_lines_are_joined_without_a_blank() -> None:
    assert "前半句后半句" in render("# 标题\n\n前半句\n后半句\n", "zh").html
    assert "open API" in render("# 标题\n\nopen\nAPI\n", "zh").html


def test_the_list_of_refusals_leads_to_each_mistake(office: Office) -> None:
    page = Developer(office).get("/problems").text
    for mistake in MISTAKES:
        assert f'href="/try/{mistake.shown_at}?mistake={mistake.name}"' in page
    found = Developer(office).get("/problems?q=nonce").text
    assert "NONCE_REPLAYED" in found
    assert "KEY_EXPIRED" not in found


def test_the_language_is_chosen_and_remembered(office: Office) -> None:
    developer = Developer(office, "en")
    developer.get("/language?lang=zh&to=/apis")
    assert developer.page.header("location") == "/apis"
    assert "接口目录" in developer.follow().text


def test_static_files_are_kept_by_their_content(office: Office) -> None:
    developer = Developer(office)
    page = developer.get("/").text
    for name in ("portal.css", "portal.js"):
        (address,) = re.findall(rf'"(/portal/{name}\?v=\w+)"', page)
        assert "immutable" in developer.get(address).header("cache-control")
    assert developer.get("/portal/../texts.py").status == 404


def test_the_gateways_silence_is_an_answer_too(office: Office) -> None:
    def silent(_message: bytes) -> bytes:
        raise problems.SERVICE_UNAVAILABLE.problem("The gateway does not answer.")

    developer = Developer(office)
    developer.make_application()
    developer.get("/try/rates.list")
    office.line_now = silent
    developer.submit("/try/rates.list", act="send")
    page = developer.follow()
    assert page.status == 200
    assert "SERVICE_UNAVAILABLE" in page.text


def test_a_defect_is_opaque_outside_and_recorded_inside(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bank_sim.portal.application.admit", lambda *_: 1 / 0)
    developer = Developer(office)
    developer.get("/register")
    page = developer.submit("/register", name="Try", suite="gm", profile="public")
    assert (page.status, page.form_code) == (500, "INTERNAL_ERROR")
    assert "division" not in page.text


def test_the_curl_command_is_the_message_that_was_sent(office: Office) -> None:
    developer = Developer(office)
    developer.make_application("intl")
    developer.call("transfers.create", act="compose")
    words = shlex.split(developer.block("curl"))
    raw = developer.block("Send these bytes")
    head, _, body = raw.partition("\n\n")
    assert words[words.index("-X") + 1] == "POST"
    assert f"https://{AUTHORITY}/api/transfers" in words
    sent = [line for line in head.split("\n")[1:] if not line.startswith(("Host:", "Content-Length:", "Connection:"))]
    assert [words[at + 1] for at, word in enumerate(words) if word == "-H"] == sent
    assert words[words.index("--data-binary") + 1] == body


@pytest.mark.parametrize("aids", [True, False])
def test_sandbox_aids_are_marked_and_only_where_they_are_wanted(office: Office, aids: bool) -> None:
    office.with_config(aids=aids)
    developer = Developer(office)
    developer.make_application("intl")
    assert ('class="aid"' in developer.get("/try/transfers.create").text) == aids
    developer.get("/tokens")
    developer.submit("/tokens/accounts")
    assert ('class="aid"' in developer.follow().text) == aids


def test_a_weakened_bank_says_so_on_every_page(office: Office) -> None:
    office.switches.weaken(["replay"])
    for path in ("/", "/apis", "/sign-in"):
        page = Developer(office).get(path).text
        assert 'class="weakened"' in page
        assert "<code>replay</code>" in page


def test_an_application_sees_its_limits_their_use_and_whose_word_they_are(office: Office) -> None:
    developer = Developer(office)
    developer.make_application()
    with office.bank.store.write() as db:
        app_id = str(db.execute("SELECT app_id FROM applications ORDER BY registered_at_ms DESC LIMIT 1").fetchone()[0])
        set_quota(db, Setting(app_id, "app", "minute", 777, "chen", 0, "a drill"))
    office.bank.throttle_generation.announce()
    developer.call("rates.list")

    row = developer.get("/application").text.partition("all calls, a minute")[2].partition("</tr>")[0]

    assert re.findall(r"<td[^>]*>(?:<meter[^>]*></meter> )?([^<]+)</td>", row) == ["1", "777", "the bank&#39;s staff"]
