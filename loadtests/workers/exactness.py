"""What may happen once happens once, and what is counted is counted exactly, however many workers are asked at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from loadtests.workers.rush import AMOUNT_FEN, Check, Rush, codes, read, told
from scenarios.colleagues import colleagues
from scenarios.observe import Bank, Mark
from scenarios.staff_desk import StaffDesk
from scenarios.world import World
from user_sim.http_browser import opener

_RATES = "/api/rates"


def checks(rush: Rush, rounds: int, transfers: int) -> Iterator[Check]:
    """All of them; ``rush`` has begun. The refresh token goes last, for its misuse ends the consent's tokens."""
    yield nonces(rush, rounds)
    yield from money(rush, transfers)
    yield idempotency(rush)
    yield quota(rush, 5 * rush.connections)
    yield refresh_token(rush)


def nonces(rush: Rush, rounds: int) -> Check:
    """The very same message on every connection: one worker serves it, all others know that it was there."""
    seen: Counter[str] = Counter()
    for _ in range(rounds):
        seen += codes(rush.at_once([rush.application.presigner.signed_query(_RATES)] * rush.connections))
    wanted = Counter({"served": rounds, "NONCE_REPLAYED": rounds * (rush.connections - 1)})
    return Check("each nonce is taken once", told(wanted), told(seen), seen == wanted)


def money(rush: Rush, transfers: int) -> Iterator[Check]:
    """Many transfers from one account at once: the books have each that was confirmed, and the sum is right."""
    bank = Bank(rush.world.home)
    number = bank.account_numbers(rush.payer.login_name)["I"]
    transfer_ids, mark, before_fen = rush.ordered("W", transfers), bank.mark(), bank.balance_fen(number)
    outcome = rush.at_once(rush.executions(transfer_ids))
    serials = Counter(str(read(each).get("serial")) for each in outcome.bodies)
    posted = Counter(each.serial for each in bank.postings_since(mark))
    same = serials == posted and set(serials.values()) == {1}
    found = f"{sum(serials.values())} confirmed, {sum(posted.values())} posted, {len(posted)} different"
    yield Check("each confirmed transfer is posted once", f"{transfers} of each", found, same)
    paid_fen = before_fen - bank.balance_fen(number)
    wanted_fen = transfers * AMOUNT_FEN
    yield Check("the payer has paid the sum of them", f"{wanted_fen} fen", f"{paid_fen} fen", paid_fen == wanted_fen)


def idempotency(rush: Rush) -> Check:
    """One transfer, executed by every connection under one key, each message signed for itself."""
    bank, transfer_ids = Bank(rush.world.home), rush.ordered("K", 1)
    mark = bank.mark()
    outcome = rush.at_once(rush.executions(transfer_ids * rush.connections, idempotency_key="once-for-all-workers"))
    serials = {str(read(each).get("serial")) for each in outcome.bodies}
    posted = [each.serial for each in bank.postings_since(mark)]
    found = f"{len(serials)} serial number in {len(outcome.bodies)} answers, {len(posted)} posted"
    asked = f"1 serial number in {rush.connections} answers, 1 posted"
    return Check(
        "one order under one key is carried out once", asked, found, serials == set(posted) and len(posted) == 1
    )


def quota(rush: Rush, limit: int) -> Check:
    """A limit that the staff sets now, and half as many calls again: exactly so many are served, by all together."""
    app_id = rush.application.presigner.app_id
    _limit(rush.world, app_id, "rates.list", limit)
    many = limit + limit // 2
    outcome = rush.at_once([rush.application.presigner.public_query(_RATES) for _ in range(many)])
    exact = outcome.statuses == {200: limit, 429: many - limit}
    asked = f"{limit} served, {many - limit} refused with 429"
    return Check("a quota is spent to the last call and no further", asked, told(codes(outcome)), exact)


def refresh_token(rush: Rush) -> Check:
    """One refresh token, asked with on every connection: one has new tokens, and the misuse ends the family."""
    tokens = rush.application.ask_for_accounts(rush.payee)
    assert tokens.refresh_token is not None
    requests = [rush.application.presigner.refresh_request(tokens.refresh_token) for _ in range(rush.connections)]
    outcome = rush.at_once(requests)
    rush.sent -= len(requests)  # not messages to a published interface
    seen, wanted = codes(outcome), Counter({"served": 1, "invalid_grant": rush.connections - 1})
    fresh = next((str(read(each)["access_token"]) for each in outcome.bodies if b"access_token" in each), "")
    after = codes(rush.at_once([rush.application.presigner.query("/api/accounts", fresh)]))
    dead = after == Counter({"TOKEN_REVOKED": 1})
    asked, found = f"{told(wanted)}; then TOKEN_REVOKED 1", f"{told(seen)}; then {told(after)}"
    return Check("a refresh token serves once, and is void when it was stolen", asked, found, seen == wanted and dead)


def records(rush: Rush, mark: Mark) -> Check:
    """Each message since ``mark`` has left one access record, whichever worker served or refused it.

    One that is refused before its signature is looked at (RATE_LIMITED) is nobody's, and recorded nevertheless.
    """
    app_id, bank = rush.application.presigner.app_id, Bank(rush.world.home)
    found = sum(
        each["code"] == "RATE_LIMITED" or (each["app_id"] == app_id and each["u_api_id"] != "-")
        for each in bank.records_since(mark)
    )
    return Check("each call has left one record", str(rush.sent), str(found), found == rush.sent)


def _limit(world: World, app_id: str, api_id: str, calls_a_day: int) -> None:
    """As the staff does it, at the console."""
    marker = world.home.marker()
    assert marker is not None
    operator = next(each for each in colleagues(marker.seed) if each.role == "operator")
    browser = opener(world.authority)("computer", "en", None)
    try:
        desk = StaffDesk(operator, browser, world.addresses.console)
        desk.log_in()
        desk.act("set_quota", f"{app_id}:{api_id}:day", "a test of exactness", amount=str(calls_a_day))
    finally:
        browser.close()
