"""Cookies are kept and sent by the rules that protect sessions."""

import pytest

from user_sim.cookies import CookieJar
from user_sim.origins import locate

BANK = locate("https://bank.localhost:8441/login")
WALLET = locate("https://wallet.localhost:8442/")
SESSION = "__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax"


@pytest.fixture
def jar() -> CookieJar:
    jar = CookieJar()
    jar.keep(BANK, [SESSION])
    return jar


def test_a_cookie_goes_back_to_its_host_only(jar: CookieJar) -> None:
    assert jar.header(BANK, "POST", BANK) == "__Host-session=abc"
    assert jar.header(WALLET, "GET", WALLET) is None


def test_a_new_value_takes_the_place_of_the_old(jar: CookieJar) -> None:
    jar.keep(BANK, [SESSION.replace("abc", "def")])
    assert jar.header(BANK, "GET", None) == "__Host-session=def"


@pytest.mark.parametrize("end", ["Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_cookie_that_is_ended_is_gone(jar: CookieJar, end: str) -> None:
    jar.keep(BANK, [f"__Host-session=; Path=/; Secure; {end}"])
    assert jar.names("bank.localhost") == frozenset()


def test_lax_goes_along_with_a_link_from_elsewhere_but_not_with_a_form(jar: CookieJar) -> None:
    assert jar.header(BANK, "GET", WALLET) == "__Host-session=abc"
    assert jar.header(BANK, "POST", WALLET) is None


def test_strict_stays_at_home_when_another_site_leads_here() -> None:
    jar = CookieJar()
    jar.keep(BANK, ["s=1; Path=/; Secure; SameSite=Strict"])
    assert jar.header(BANK, "GET", WALLET) is None
    assert jar.header(BANK, "GET", None) == "s=1"


@pytest.mark.parametrize(
    "refused",
    [
        "__Host-s=1; Path=/",
        "__Host-s=1; Path=/bank; Secure",
        "__Host-s=1; Path=/; Secure; Domain=localhost",
        "__Secure-s=1; Path=/",
        "s=1; SameSite=None",
        "=1",
        "nonsense",
    ],
)
def test_a_cookie_that_browsers_refuse_is_not_kept(refused: str) -> None:
    jar = CookieJar()
    jar.keep(BANK, [refused])
    assert jar.names("bank.localhost") == frozenset()


def test_a_cookie_ends_when_its_time_is_over() -> None:
    now_s = [1000.0]
    jar = CookieJar(lambda: now_s[0])
    jar.keep(BANK, ["s=1; Path=/; Secure; Max-Age=60"])
    now_s[0] = 1059.0
    assert jar.header(BANK, "GET", None) == "s=1"
    now_s[0] = 1060.0
    assert jar.header(BANK, "GET", None) is None


def test_a_path_limits_where_a_cookie_goes() -> None:
    jar = CookieJar()
    jar.keep(BANK, ["s=1; Path=/centre; Secure"])
    assert jar.header(locate("https://bank.localhost:8441/centre/x"), "GET", None) == "s=1"
    assert jar.header(locate("https://bank.localhost:8441/centrex"), "GET", None) is None
