"""A range that runs: a player and a trainer at its pages, a world, a script from the kit, and what counts."""

import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from scenarios.failures import BrokenSurroundings
from scenarios.range.app import COOKIE, create_app
from scenarios.range.attacker import Attacker
from scenarios.range.book import TRAINER, Book
from scenarios.range.challenge import challenges
from scenarios.range.ground import Ground
from scenarios.range.serving import Settings, open_range, prepared
from scenarios.range.worlds import IDLE_S, NoRoom

FIRST = "a-borrowed-token"
ORIGIN = "https://range.localhost:9999"


@dataclass
class Now:
    s: float = 1_000_000.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def ground(tmp_path: Path, now: Now) -> Iterator[Ground]:
    """Pages and book; no world may start."""
    settings = Settings(tmp_path, (), 0, 0, {}, now)
    (tmp_path / "ca.crt").write_text("")
    with closing(Book(tmp_path / "range.db")) as book:
        book.enrol(["Ann", "=SUM(A1)"])
        yield prepared(settings, book, ORIGIN, tmp_path / "ca.crt")


class Browser(FlaskClient):
    """A browser at the range's own address."""

    origin: str

    def open(self, *asked, **named):
        named["headers"] = {"Origin": self.origin} | named.get("headers", {})
        return super().open(*asked, **{"base_url": self.origin} | named)


def visitor(ground: Ground, language: str = "en") -> Browser:
    app = create_app(ground)
    app.test_client_class = Browser
    client = app.test_client()
    client.origin = ground.origin
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return client


def browser(ground: Ground, player_id: int, language: str = "en") -> Browser:
    client = visitor(ground, language)
    client.set_cookie(COOKIE, ground.book.admit(player_id, "page", ground.now_s()), domain="range.localhost")
    return client


def test_without_a_code_there_is_only_the_login(ground: Ground) -> None:
    client = visitor(ground)

    for path in ("/", "/board", "/trainer", f"/challenges/{FIRST}", "/trainer/progress.csv"):
        assert client.get(path).headers["Location"] == "/login"
    assert client.post("/login", data={"code": "aaaa-bbbb-cccc"}).status_code == 403
    entered = client.post("/login", data={"code": ground.book.players()[0].code})
    assert (entered.status_code, entered.headers["Location"]) == (303, "/")
    for guarded in (COOKIE, "Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert guarded in entered.headers["Set-Cookie"]


def test_a_form_from_elsewhere_and_a_foreign_name_are_refused(ground: Ground) -> None:
    client = browser(ground, 1)

    assert client.post(f"/challenges/{FIRST}/hint", headers={"Origin": "https://evil.localhost"}).status_code == 403
    assert client.get("/", base_url="https://evil.localhost:9999").status_code == 400


def test_a_player_does_nothing_of_the_trainers(ground: Ground) -> None:
    client = browser(ground, 1)

    assert client.get("/trainer").status_code == 403
    for path in ("stop-all", "reveal", "players/1/forget"):
        assert client.post(f"/trainer/{path}", data={"challenge": FIRST}).status_code == 403


@pytest.mark.parametrize("name", challenges())
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_gives_nothing_away_until_it_may(ground: Ground, name: str, language: str) -> None:
    client, challenge = browser(ground, 1, language), challenges()[name]

    before = client.get(f"/challenges/{name}").get_data(as_text=True)
    for secret in (
        challenge.solution.name,
        challenge.mitigation.in_(language)[:40],
        challenge.hints[0].said.in_(language),
    ):
        assert secret not in before
    browser(ground, TRAINER).post("/trainer/reveal", data={"challenge": name, "player": "1"})
    after = client.get(f"/challenges/{name}").get_data(as_text=True)
    assert challenge.solution.name in after
    assert ground.book.progress_of(2) == {}


def test_hints_come_in_their_order_and_cost_what_they_say(ground: Ground) -> None:
    client, challenge = browser(ground, 1), challenges()[FIRST]

    for number in ("2", "1", "1", "2", "3"):
        client.post(f"/challenges/{FIRST}/hint", data={"number": number})
    page = client.get(f"/challenges/{FIRST}").get_data(as_text=True)

    assert ground.book.progress_of(1)[FIRST].hints == 2
    assert f"{challenge.points - sum(each.cost for each in challenge.hints)} points" in page


def test_a_solution_that_was_shown_earns_nothing(ground: Ground) -> None:
    browser(ground, TRAINER).post("/trainer/reveal", data={"challenge": FIRST})

    ground.seen(1, challenges()[FIRST])

    assert [each.points for each in ground.standings()] == [0, 0]


def test_where_no_world_may_start_the_page_says_so(ground: Ground) -> None:
    answer = browser(ground, 1).post(f"/challenges/{FIRST}/begin")

    assert answer.status_code == 503
    assert "all are in use" in answer.get_data(as_text=True)
    with pytest.raises(NoRoom):
        ground.open(ground.book.players()[0], challenges()[FIRST])


def test_the_class_is_a_table_that_no_spreadsheet_takes_for_formulas(ground: Ground) -> None:
    for player_id in (1, 2):
        ground.book.begin(player_id, FIRST, 1_000_000.0)
    ground.book.solve(1, FIRST, 90, 1_000_060.0)

    answer = browser(ground, TRAINER).get("/trainer/progress.csv")

    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert lines[1] == f"Ann,{FIRST},1970-01-12T13:46:40+00:00,1970-01-12T13:47:40+00:00,90,0,0,0"
    assert lines[2].startswith("'=SUM(A1),")


def test_a_kit_without_its_token_opens_nothing(ground: Ground) -> None:
    page_token = ground.book.admit(1, "page", ground.now_s())
    client = create_app(ground).test_client()

    for token in ("guessed", page_token):
        assert client.get(f"/kit/{token}/kit.json").status_code == 403
    kit_token = ground.book.admit(1, "kit", ground.now_s())
    assert client.post(f"/kit/{kit_token}/again").status_code == 409


def test_the_same_browser_pages_are_there_in_both_languages(ground: Ground) -> None:
    for language, word in (("en", "Score board"), ("zh", "积分榜")):
        for path in ("/", "/board", f"/challenges/{FIRST}"):
            answer = browser(ground, 1, language).get(path)
            assert (answer.status_code, word in answer.get_data(as_text=True)) == (200, True)
            assert "<script" not in answer.get_data(as_text=True)


def test_a_player_solves_a_challenge_with_the_script_of_the_kit(tmp_path: Path, now: Now) -> None:
    settings = Settings(tmp_path / "range", ("Ann", "Bob"), 1, 0, dict(os.environ), now)
    with open_range(settings) as ground:
        with pytest.raises(BrokenSurroundings, match="already open"), open_range(settings):
            pass
        ann, client = ground.book.players()[0], browser(ground, 1)
        _begin(ground, client, FIRST)

        unread = client.post(f"/challenges/{FIRST}/check", data={"typed": "1.00"}).get_data(as_text=True)
        assert "No answered call in the log" in unread
        with pytest.raises(NoRoom):
            ground.open(ground.book.players()[1], challenges()[FIRST])
        with _unpacked(client.get(f"/challenges/{FIRST}/kit.zip").data, tmp_path / "kit") as me:
            stolen = me.stolen
            balance = me.app.balance(stolen["access_token"], stolen["account_ref"])
            assert abs(me.now_s() - ground.worlds.of(1).clock()["now_ms"] / 1000) < 2
            assert "weakened" not in ground.worlds.of(1).clock()
            assert me.again() != stolen
        _a_discreet_world(ground)
        wrong = client.post(f"/challenges/{FIRST}/check", data={"typed": "0.01"}).get_data(as_text=True)
        assert "No account of the victim has this balance" in wrong
        solved = client.post(f"/challenges/{FIRST}/check", data={"typed": balance}).get_data(as_text=True)
        assert challenges()[FIRST].solution.name in solved
        assert (ground.standings()[0].player, ground.standings()[0].points) == (ann, challenges()[FIRST].points)
        assert ground.book.progress_of(1)[FIRST].tries == 2
        _observed_without_a_word(ground, client, tmp_path)
        _what_was_agreed_is_no_prize(ground, client, tmp_path)
        _idle(ground, now)
        assert "Ann" in browser(ground, TRAINER, "zh").get("/trainer").get_data(as_text=True)


def _begin(ground: Ground, client: FlaskClient, name: str) -> None:
    assert client.post(f"/challenges/{name}/begin").status_code == 303
    ground.worlds.of(1).settled()
    assert ground.worlds.of(1).state == "ready"
    assert "Refresh" not in client.get(f"/challenges/{name}").headers


def _a_discreet_world(ground: Ground) -> None:
    """The bank's pages say that something is off, and not what."""
    world = ground.worlds.of(1).world
    from user_sim.http_browser import opener

    browser = opener(world.authority)("computer", "en", None)
    text = browser.open(f"{world.addresses.pages}/consents").text
    browser.close()
    assert "switched off on purpose" in text
    assert challenges()[FIRST].row not in text


def _observed_without_a_word(ground: Ground, client: FlaskClient, tmp_path: Path) -> None:
    """A challenge whose prize is money is solved by the books alone, in the same world, put back."""
    name = "the-same-letter-twice"
    _begin(ground, client, name)
    ground.worlds.observe()
    assert ground.book.progress_of(1)[name].solved_s is None
    with _unpacked(client.get(f"/challenges/{name}/kit.zip").data, tmp_path / "kit") as me, me.http() as wire:
        assert wire.send(me.captured()).json()["state"] == "executed"
    ground.worlds.observe()
    assert ground.book.progress_of(1)[name].points == challenges()[name].points


def _what_was_agreed_is_no_prize(ground: Ground, client: Browser, tmp_path: Path) -> None:
    """What a whole bank carries out as well does not count, though the defence is out."""
    name = "a-yes-for-somebody-else"
    _begin(ground, client, name)
    with _unpacked(client.get(f"/challenges/{name}/kit.zip").data, tmp_path / "kit") as me:
        given = me.stolen
        assert me.app.debit(given["agreement_token"], given["account_ref"], given["agreed"]).status in (200, 201)
    page = client.post(f"/challenges/{name}/check").get_data(as_text=True)
    assert "The victim has paid, but not you." in page
    assert ground.book.progress_of(1)[name].solved_s is None


def _idle(ground: Ground, now: Now) -> None:
    """Who leaves their world alone has none after a while, and another may start one."""
    ground.worlds.observe()
    assert ground.worlds.of(1) is not None
    now.s += IDLE_S + 1
    ground.worlds.observe()
    assert ground.worlds.of(1) is None


def _unpacked(packed: bytes, folder: Path) -> "closing[Attacker]":
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
        (name,) = {each.partition("/")[0] for each in archive.namelist()}
    return closing(Attacker(folder / name))
