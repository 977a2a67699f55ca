"""What one origin may learn of another, and where a page's forms may go."""

import pytest

from user_sim.origins import form_may_go_to, locate, posted_origin, referrer, same_site

BANK = locate("https://bank.localhost:8441/authorize?request_uri=urn%3Aone")
WALLET = locate("https://wallet.localhost:8442/callback?code=two")


def test_a_relative_address_is_read_from_the_page() -> None:
    assert locate("../login?x=1", locate("https://bank.localhost:8441/a/b/c")).url == (
        "https://bank.localhost:8441/a/login?x=1"
    )


def test_an_empty_form_action_leads_to_the_page_itself() -> None:
    assert locate("", BANK) == BANK


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://"])
def test_only_web_addresses_are_opened(address: str) -> None:
    with pytest.raises(ValueError, match="not a web address"):
        locate(address)


def test_the_hosts_of_the_sandbox_are_sites_of_their_own() -> None:
    assert not same_site(BANK, WALLET)
    assert same_site(BANK, locate("https://bank.localhost:9999/other"))


@pytest.mark.parametrize(
    ("policy", "referer", "origin"),
    [
        ("no-referrer", None, "null"),
        ("same-origin", None, "null"),
        ("origin", "https://bank.localhost:8441/", "https://bank.localhost:8441"),
        ("strict-origin-when-cross-origin", "https://bank.localhost:8441/", "https://bank.localhost:8441"),
        ("unsafe-url", BANK.url, "https://bank.localhost:8441"),
    ],
)
def test_another_origin_learns_what_the_policy_allows(policy: str, referer: str | None, origin: str) -> None:
    assert referrer(BANK, WALLET, policy) == referer
    assert posted_origin(BANK, WALLET, policy) == origin


def test_the_page_itself_learns_the_whole_address() -> None:
    assert referrer(BANK, locate("/login", BANK), "strict-origin-when-cross-origin") == BANK.url
    assert posted_origin(BANK, locate("/login", BANK), "same-origin") == BANK.origin


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("", True),
        ("default-src 'none'", True),
        ("default-src 'none'; form-action 'none'", False),
        ("form-action 'self'", False),
        ("form-action 'self' https://wallet.localhost:8442", True),
        ("form-action https://wallet.localhost", False),
        ("form-action https://wallet.localhost:*", True),
        ("form-action https://*.localhost:8442", True),
        ("form-action http:", False),
        ("form-action https:", True),
    ],
)
def test_a_form_goes_where_the_pages_policy_lets_it(policy: str, allowed: bool) -> None:
    assert form_may_go_to(BANK, WALLET, policy) is allowed
