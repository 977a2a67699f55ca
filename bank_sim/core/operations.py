"""What the core can be asked, by name: the table that ``corelink`` is given. Holds no logic.

The first part bears the API_IDs of the catalogue, the second serves the bank's own pages.
"""

from __future__ import annotations

from functools import partial

from bank_sim.core import backoffice, clearing, enquiries, orders, own_data
from bank_sim.corelink import Judge, Operation
from bank_sim.policy import Policy


def core_operations(
    policy: Policy, random_bytes: orders.RandomBytes, judge: Judge, weakened: orders.Weakened = frozenset
) -> dict[str, Operation]:
    """Every operation, with the policy's limits, a source of randomness for identifiers, and who judges risk.

    ``weakened``: which of the core's guards a training leaves out at this moment.
    """
    return {
        "products.list": Operation(enquiries.list_products),
        "products.list.v2": Operation(enquiries.search_products),
        "products.get": Operation(enquiries.get_product),
        "rates.list": Operation(enquiries.list_rates),
        "rates.list.v2": Operation(enquiries.list_rates_by_kind),
        "accounts.list": Operation(enquiries.list_accounts),
        "accounts.balance": Operation(enquiries.get_balance),
        "accounts.balances": Operation(enquiries.list_balances),
        "accounts.transactions": Operation(partial(enquiries.list_transactions, policy)),
        "accounts.limits": Operation(partial(enquiries.get_limits, policy)),
        "wealth.holdings": Operation(enquiries.list_holdings),
        "points.get": Operation(enquiries.get_points),
        "transfers.create": Operation(partial(orders.create_transfer, policy, random_bytes, weakened), writes=True),
        "transfers.execute": Operation(partial(orders.execute_transfer, policy, judge, weakened), writes=True),
        "transfers.get": Operation(orders.get_transfer),
        "debits.create": Operation(partial(orders.create_debit, policy, random_bytes, judge, weakened), writes=True),
        "customers.describe": Operation(backoffice.describe_customer),
        "customers.export": Operation(own_data.export_customer),
        "accounts.of_customer": Operation(backoffice.list_accounts_of_customer),
        "accounts.holder": Operation(backoffice.holder_of_account),
        "payees.resolve": Operation(backoffice.resolve_payee),
        "transfers.describe": Operation(orders.describe_transfer),
        "transfers.reject": Operation(orders.reject_transfer, writes=True),
        "transfers.release": Operation(partial(orders.release_transfer, policy), writes=True),
        "transfers.refuse": Operation(orders.refuse_transfer, writes=True),
        "transfers.of_day": Operation(partial(clearing.list_day, policy)),
        "transfers.applications_of_day": Operation(partial(clearing.list_applications, policy)),
    }
