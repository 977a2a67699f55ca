"""The test environment: whom an application may serve before it is live (JR/T 0185 9.3.4, 9.1.1 b 3).

That it moves no money there is a row of the gateway's table; that it asks few customers, a row of the user's steps.
"""

from __future__ import annotations

from bank_sim.consent.dependants import customers_of
from bank_sim.policy import Policy
from bank_sim.store import Store


def beyond_test(store: Store, app_id: str, customer_id: str | None, policy: Policy) -> bool:
    """Whether this customer would be one more than the few who agreed to something first. Nobody yet: no."""
    known = customers_of(store, app_id)
    return customer_id is not None and customer_id not in known and len(known) >= policy.test_customers_max
