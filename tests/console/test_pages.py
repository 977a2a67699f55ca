"""Every page: readable in two languages, for those whose role it is, under headers that leave no leeway."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from bank_sim import console
from bank_sim.audit import AccessRecord, append
from bank_sim.console.actions import ACTIONS
from bank_sim.console.texts import TEXTS
from bank_sim.registry.blacklist import BlacklistEntry
from bank_sim.staff import ROLES
from bank_sim.staff.proposals import ProposalKind
from tests.console.conftest import AUDITOR, OPERATOR, REVIEWER, STAFF, House, Member, Screen
from tests.gateway.party import Party

ScreenOf = Callable[..., Screen]
PAGES = (
    "/", "/?window=24h", "/live", "/alarms", "/alarms/1", "/incidents", "/incidents/1", "/applications",
    "/applications/APP", "/blacklist", "/throttles", "/log", "/log?face=", "/log/1", "/proposals",
)  # fmt: skip
OVERSIGHT = ("/journal", "/audit")


class _Premises:
    """As much of a town as a party registers at."""

    def __init__(self, house: House) -> None:
        self.registry, self.clock = house.bank.registry, house.clock


@pytest.fixture
def busy(house: House, screen_of: ScreenOf) -> tuple[House, str]:
    """A house with one of everything to show; and an App_ID."""
    app_id = Party(_Premises(house), "intl", name="Budget Buddy").app_id  # type: ignore[arg-type]
    with house.bank.store.write() as db:
        for number in range(30):
            failed = number % 3 == 0
            append(
                db,
                AccessRecord(
                    trace_id="0" * 32, at_ms=house.clock.now_ms() - number * 1000, app_id=app_id,
                    api_id="accounts.list", u_api_id="C99999-1", level="A2", method="GET", path="/api/accounts",
                    source="192.0.2.7", elapsed_us=900 + number, result="failure" if failed else "success",
                    status=404 if failed else 200, code="RESOURCE_NOT_AUTHORIZED" if failed else None,
                ),
            )  # fmt: skip
        house.bank.blacklist.add(db, BlacklistEntry("source", "192.0.2.0/24", "a drill", "chen", 1, None))
    house.bank.blacklist.announce()
    screen = screen_of(OPERATOR)
    screen.get("/alarms")
    for name, subject in (("open_incident", "1"), ("suspend_application", app_id), ("propose_resumption", app_id)):
        assert screen.act(name, subject).status == 303
    return house, app_id


@pytest.mark.clause("10.1.1-1", "7.3.3-1.1")
@pytest.mark.parametrize("member", STAFF[1:], ids=lambda each: each.login_name)
def test_every_page_is_there_in_both_languages(busy: tuple[House, str], member: Member) -> None:
    house, app_id = busy
    for language, shown in (("zh-CN", 'lang="zh-CN"'), ("en", 'lang="en"')):
        screen = Screen(house, language).log_in(member)
        for path in (*PAGES, *OVERSIGHT):
            page = screen.get(path.replace("APP", app_id))
            assert page.status == 200, (path, page.text[-300:])
            assert shown in page.text or path == "/live"
            assert "Undefined" not in page.text


def test_no_page_names_a_text_that_there_is_not() -> None:
    """Jinja renders a missing text as nothing; this finds it."""
    templates = Path(console.__file__).parent / "templates" / "console"
    named = {
        name
        for path in templates.glob("*.html")
        for name in re.findall(r"\bt\.(\w+)", path.read_text(encoding="utf-8"))
    }
    assert named - TEXTS["en"].keys() - {"get"} == set()


def test_both_languages_have_the_same_texts_with_the_same_blanks_to_fill() -> None:
    def shape(words: object, path: str = "") -> dict[str, set[str]]:
        if isinstance(words, dict):
            return {
                key: fields for name, each in words.items() for key, fields in shape(each, f"{path}/{name}").items()
            }
        return {path: set(re.findall(r"{(\w+)}", str(words)))}

    assert shape(TEXTS["en"]) == shape(TEXTS["zh"])


def test_chinese_pages_are_chinese() -> None:
    """Names, codes and numbers aside, no Latin word stands in a Chinese text."""

    def words(texts: object) -> list[str]:
        return [each for part in texts.values() for each in words(part)] if isinstance(texts, dict) else [str(texts)]

    allowed = r"App_ID|App_Secret|SDK|SM\d|ECDSA|P-256|SHA-256|AES-GCM|[A-Z]+_[A-Z]+|{\w+}|\d[\d./]*"
    left = [text for text in words(TEXTS["zh"]) if re.search(r"[A-Za-z]{2,}", re.sub(allowed, "", text))]
    assert left == []


def test_every_action_has_its_texts_and_is_somebodys() -> None:
    assert ACTIONS.keys() == TEXTS["en"]["act"].keys() == TEXTS["zh"]["act"].keys()
    permitted = set().union(*ROLES.values())
    assert ACTIONS.keys() <= permitted


def test_an_operator_does_not_read_the_journal_and_the_attempt_stands_in_it(house: House, screen_of: ScreenOf) -> None:
    screen = screen_of(OPERATOR)
    for path in OVERSIGHT:
        assert screen.get(path).form_code == "STAFF_ROLE_REQUIRED"
        assert "reviewer, auditor" in screen.page.text
    entry = house.entries()[0].entry
    assert (entry.login_name, entry.action, entry.subject, entry.result) == (
        "chen", "look", "journal", "STAFF_ROLE_REQUIRED",
    )  # fmt: skip
    house.switches.weaken(["staff_role"])
    assert screen.get("/journal").status == 200


@pytest.mark.parametrize("path", ["/", "/act/suspend_application/x", "/nowhere", "/login"])
def test_every_page_leaves_browsers_no_leeway(house: House, screen_of: ScreenOf, path: str) -> None:
    page = screen_of(OPERATOR).get(path)
    policy = page.header("content-security-policy")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.header("cache-control") == "no-store"
    assert not re.search(r"<script>|style=|onclick=|javascript:", page.text)


@pytest.mark.clause("7.3.3-1.2")
def test_every_visit_leaves_an_access_record_but_a_refresh_that_succeeds(house: House, screen_of: ScreenOf) -> None:
    screen = screen_of(OPERATOR)
    before = len(house.records())
    for path in ("/alarms", "/nowhere", "/live", "/applications/app_nobody"):
        screen.get(path)
    screen.cookies = {}
    screen.get("/live")
    found = [(each["api_id"], each["code"]) for each in house.records()[before:]]
    assert found == [
        ("console.alarms", None),
        ("console.unknown", "API_NOT_FOUND"),
        ("console.applications", "RESOURCE_NOT_FOUND"),
        ("console.live", "SESSION_REQUIRED"),
    ]


def test_a_weakened_bank_says_so_on_every_page(house: House, screen_of: ScreenOf) -> None:
    house.switches.weaken(["four_eyes"])
    assert 'class="weakened"' in screen_of(REVIEWER).get("/alarms").text


def test_search_filters_and_hands_on_its_address(busy: tuple[House, str]) -> None:
    house, app_id = busy
    screen = Screen(house).log_in(AUDITOR)
    found = screen.get(f"/log?app_id={app_id}&code=RESOURCE_NOT_AUTHORIZED").text
    assert found.count('<span class="badge bad">404</span>') == 10
    assert '<span class="badge good">200</span>' not in found
    assert screen.get("/log?from=yesterday").form_code == "PARAM_INVALID"
    assert "console.log" in screen.get("/log?face=console").text


def test_a_page_is_light(busy: tuple[House, str]) -> None:
    house, _ = busy
    screen = Screen(house).log_in(REVIEWER)
    page = screen.get("/?window=24h")
    linked = re.findall(r'(?:href|src)="(/(?:console|sdk)/[^"]+)"', page.text)
    assert len(linked) >= 4
    total = len(page.body) + sum(len(screen.get(each.replace("&amp;", "&")).body) for each in set(linked))
    assert total < 150_000


def test_no_text_hides_behind_a_method_of_a_dictionary() -> None:
    """Jinja finds ``t.keys`` to be a method before it looks for a text of that name."""
    assert [name for words in TEXTS.values() for name in words if hasattr(dict, name)] == []


@pytest.mark.clause("7.3.2-1")
def test_nothing_that_can_be_typed_into_an_address_is_a_defect(house: House, screen_of: ScreenOf) -> None:
    screen = screen_of(REVIEWER)
    odd = ("", "%00", "%ff", "9" * 40, "-1", "%C2%B2", "'", "%3Cscript%3E", "a" * 5000, "..%2f..", "%E2%80%AE")
    pages = ("/alarms/{}", "/incidents/{}", "/log/{}", "/applications/{}", "/act/note_incident/{}", "/act/{}/x")
    asked = ("/log?below={}", "/log?from={}", "/log?face={}&app_id={}", "/journal?below={}", "/?window={}")
    more = (
        "/journal?subject={}",
        "/applications?find={}",
        "/blacklist/new?source={}",
        "/login?to={}",
        "/alarms?done={}",
    )
    for path in (*pages, *asked, *more):
        for each in odd:
            page = screen.get(path.replace("{}", each))
            assert page.status < 500, (path, each)
            assert "<script>" not in page.text


@pytest.mark.parametrize("member", [OPERATOR, REVIEWER, AUDITOR], ids=lambda each: each.role)
def test_the_menu_leads_to_every_page_of_a_role_once_and_marks_where_one_is(
    screen_of: ScreenOf, member: Member
) -> None:
    screen = screen_of(member)
    looks = [row for row in console._PAGES if row.method == "GET" and "<" not in row.path and not row.refreshes]
    mine = [each.path for each in looks if each.permission in ROLES[member.role] and each.path != "/blacklist/new"]
    for path in mine:
        menu = screen.get(path).text.partition("<nav ")[2].partition("</nav>")[0]
        assert sorted(re.findall(r'<a href="([^"]+)"', menu)) == sorted(mine)
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', menu) == [path]
        marked = [part for part in menu.split("<details")[1:] if 'class="current"' in part.partition(">")[0]]
        assert len(marked) == (f'href="{path}"' in menu.partition("<details")[2])


def test_the_journal_names_what_a_second_person_agreed_to_in_words() -> None:
    for words in TEXTS.values():
        assert [kind for kind in get_args(ProposalKind) if not words["actions"].get(kind)] == []
