"""How much may be called (JR/T 0185 10.1.2 a 1). What comes before cryptography keeps attackers from spending our time.

What comes behind it is counted for those who have proven who they are, so that nobody can use up another's share.
"""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.sdk.protocol import problems
from bank_sim.throttle import Caller
from bank_sim.throttle.headers import seconds

_PRESENT = "?1"
"""A boolean as RFC 9651 writes it."""


def source_blacklist(call: Call) -> None:
    """SOURCE_BLACKLISTED for an address that the bank's staff has shut out."""
    call.bank.blacklist.require_source(call.source, call.now_ms)


def source_gate(call: Call) -> None:
    """RATE_LIMITED for an address that failed too often within the window."""
    call.source_failed = call.gateway.failures.require_open(call.source, call.now_s)


def source_rate(call: Call) -> None:
    """RATE_LIMITED for an address that calls too often, whatever it calls."""
    call.bank.throttle.require_source(call.source)


def connection_pause(call: Call) -> None:
    """RATE_LIMITED, before cryptography, for a key that goes on calling on the connection where it was told to wait.

    It was told so in answers to calls that were proven to be its own, on this very connection: nobody who merely names
    a key can have its owner refused.
    """
    after = call.bank.config.policy.quota_signed_refusals
    under = call.bank.throttle_generation.now()
    wait_ms = call.connection.waits_ms(call.known_signature.keyid, call.now_ms, under, after)
    if wait_ms:
        raise problems.RATE_LIMITED.problem(
            "This connection was told to wait, again and again.", retry_after_s=seconds(wait_ms)
        )


def secret_guesses(call: Call) -> None:
    """APP_LOCKED, before a MAC is computed, for an address that has guessed App_Secrets of this App_ID (7.2.1 a).

    Whoever has no failure on record has guessed nothing, and pays for no look at the counters.
    """
    if call.claims_secret and call.source_failed:
        call.bank.throttle.require_few_guesses(call.source, call.known_signature.keyid)


def quota_suspension(call: Call) -> None:
    """QUOTA_SUSPENDED for an application that rests because it would not wait."""
    call.bank.throttle.require_unsuspended(call.known_application.app_id)


def quota(call: Call) -> None:
    """QUOTA_EXCEEDED where application, interface or user have no call left in a window; RATE_LIMITED: the address."""
    call.passage.require_rates()


def user_absent(call: Call) -> None:
    """USER_ABSENT_LIMIT where a user's accounts are looked at again and again, and nobody says that the user is there.

    What became of a payment may be asked for as often as it takes.
    """
    consent, customer_id = call.consent, call.customer_id
    if call.headers.get("x-user-present") == _PRESENT or call.method != "GET" or call.names_transfer:
        return
    if consent is None or customer_id is None:
        return
    policy = call.bank.config.policy
    if call.now_ms - (consent.authorised_at_ms or 0) >= policy.user_present_s * 1000:
        caller = Caller(call.known_application.app_id, call.known_api.api_id, customer_id, call.source)
        call.bank.throttle.require_user_or_patience(caller)


def concurrency(call: Call) -> None:
    """CONCURRENCY_LIMIT where too many calls of the application, or of it to the interface, are under way."""
    call.passage.require_berth()
