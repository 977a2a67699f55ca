"""The shapes of every request and answer of the published interfaces, one msgspec Struct each.

The same Structs validate what comes in, filter what goes out, and become the OpenAPI document: an unknown member
is refused in a request and cannot leave in an answer (JR/T 0185 7.2.2: parameter formats match the design).
This module holds shapes only: no rules of business, no state.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from bank_sim.registry.fields import (
    AccountClass,
    AccountNumber,
    AccountRef,
    Amount,
    Currency,
    Day,
    FullName,
    Instant,
    MaskedAccount,
    MaskedName,
    OrderedAmount,
    OrderNo,
    PageSize,
    PartNumber,
    Percent,
    Price,
    ProductId,
    Sealed,
    SignedAmount,
    Text,
    TransferId,
    ordered_amount,
)


class Request(Struct, forbid_unknown_fields=True):
    """What an application sends."""


class Answer(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the bank answers in clear, absent members left out. Shapes named ``…Sealed`` travel in ``sealed``."""


# Public information, level A1 (6.2: nothing in it concerns a person)
ProductCategory = Literal["deposit", "wealth", "fund", "loan"]


class ProductQuery(Request, kw_only=True):
    category: ProductCategory | None = None


class Product(Answer, kw_only=True):
    product_id: ProductId
    name: Text
    name_zh: Text
    category: ProductCategory
    currency: Currency
    risk_level: Annotated[str, Meta(pattern=r"^R[1-5]$", description="R1 (lowest) to R5.")] | None = None
    annual_rate_percent: Percent | None = None
    term_days: Annotated[int, Meta(ge=0)] | None = None
    minimum_amount: Amount | None = None
    description: Text | None = None
    description_zh: Text | None = None


class ProductList(Answer, kw_only=True):
    items: list[Product]


class ProductSearch(Request, kw_only=True):
    """Version 2 of ``products.list`` narrows down by risk as well."""

    category: ProductCategory | None = None
    risk_level_max: (
        Annotated[str, Meta(pattern=r"^R[1-5]$", description="Nothing riskier; products without a level stay.")] | None
    ) = None


class ProductsFound(Answer, kw_only=True):
    """Version 2 of ``products.list``: how many there are stands beside them."""

    count: Annotated[int, Meta(ge=0)]
    items: list[Product]


class Rate(Answer, kw_only=True):
    code: Annotated[str, Meta(pattern=r"^[A-Z0-9_/.-]{1,32}$")]
    kind: Literal["deposit", "loan", "exchange"]
    name: Text
    name_zh: Text
    currency: Currency
    term_months: Annotated[int, Meta(ge=0)] | None = None
    annual_rate_percent: Percent | None = None
    buy: Price | None = None
    sell: Price | None = None


class RateList(Answer, kw_only=True):
    as_of: Instant
    items: list[Rate]


class InterestRate(Answer, kw_only=True):
    """Interest a year on money that is deposited or lent."""

    code: Annotated[str, Meta(pattern=r"^[A-Z0-9_/.-]{1,32}$")]
    name: Text
    name_zh: Text
    currency: Currency
    term_months: Annotated[int, Meta(ge=0)] | None = None
    annual_rate_percent: Percent


class ExchangeRate(Answer, kw_only=True):
    """Yuan for 100 units of a currency."""

    code: Annotated[str, Meta(pattern=r"^[A-Z0-9_/.-]{1,32}$")]
    name: Text
    name_zh: Text
    currency: Currency
    buy: Price
    sell: Price


class RatesByKind(Answer, kw_only=True):
    """Version 2 of ``rates.list``: each kind in a list of its own, with the members that it always has."""

    as_of: Instant
    deposit: list[InterestRate]
    loan: list[InterestRate]
    exchange: list[ExchangeRate]


# A user's accounts, level A2
class Account(Answer, kw_only=True):
    account_ref: AccountRef
    account_masked: MaskedAccount
    holder_name_masked: MaskedName
    account_class: AccountClass
    currency: Currency


class AccountList(Answer, kw_only=True):
    items: list[Account]


class Balance(Answer, kw_only=True):
    account_ref: AccountRef
    account_masked: MaskedAccount
    currency: Currency
    as_of: Instant


class BalanceSealed(Answer, kw_only=True):
    """What ``sealed`` of a balance holds."""

    available_balance: SignedAmount
    ledger_balance: SignedAmount


class AccountBalance(Answer, kw_only=True):
    """One of several balances. They are all of one moment, which stands beside them."""

    account_ref: AccountRef
    account_masked: MaskedAccount
    currency: Currency
    available_balance: SignedAmount
    ledger_balance: SignedAmount


class Balances(Answer, kw_only=True):
    as_of: Instant


class BalancesSealed(Answer, kw_only=True):
    """What ``sealed`` of all balances holds."""

    items: list[AccountBalance]


class TransactionQuery(Request, kw_only=True):
    cursor: (
        Annotated[str, Meta(pattern=r"^[A-Za-z0-9_=-]{1,64}$", description="next_cursor of the page before.")] | None
    ) = None
    limit: PageSize | None = None


class Transaction(Answer, kw_only=True):
    serial: Annotated[str, Meta(description="The bank's transaction serial number.", max_length=64)]
    posted_at: Instant
    direction: Literal["debit", "credit"]
    amount: Amount
    currency: Currency
    balance_after: SignedAmount | None = None
    counterparty_account_masked: MaskedAccount | None = None
    counterparty_name_masked: MaskedName | None = None
    purpose: Text | None = None
    transfer_id: TransferId | None = None


class TransactionPage(Answer, kw_only=True):
    account_ref: AccountRef
    account_masked: MaskedAccount
    next_cursor: str | None = None


class TransactionPageSealed(Answer, kw_only=True):
    """What ``sealed`` of a page of transactions holds, newest first."""

    items: list[Transaction]


class Limits(Answer, kw_only=True):
    account_ref: AccountRef
    account_class: AccountClass
    currency: Currency
    daily_limit: Amount | None = None
    daily_used: Amount | None = None
    annual_limit: Amount | None = None
    annual_used: Amount | None = None


class Holding(Answer, kw_only=True):
    product_id: ProductId
    name: Text
    name_zh: Text
    units: Price
    market_value: Amount
    currency: Currency


class Holdings(Answer, kw_only=True):
    as_of: Instant


class HoldingsSealed(Answer, kw_only=True):
    """What ``sealed`` of the wealth holdings holds."""

    holdings: list[Holding]


class Points(Answer, kw_only=True):
    as_of: Instant


class PointsSealed(Answer, kw_only=True):
    """What ``sealed`` of the points holds."""

    points: Annotated[int, Meta(ge=0)]


# Money, level A2 with funds
class TransferRequest(Request, kw_only=True):
    order_no: OrderNo
    debtor_account_ref: AccountRef
    amount: OrderedAmount
    currency: Literal["CNY"]
    purpose: (
        Annotated[str, Meta(min_length=1, max_length=60, description="Printable text for payer and payee.")] | None
    ) = None
    sealed: Sealed


class TransferRequestSealed(Request, kw_only=True):
    """What ``sealed`` of a transfer request holds."""

    creditor_account: AccountNumber
    creditor_name: FullName


class ExecuteRequest(Request, kw_only=True):
    amount: Annotated[str, ordered_amount("Must equal the transfer's amount.")]


class DebitRequest(Request, kw_only=True):
    """A debit under an agreement names no payee: it is the one that the user agreed to at the bank."""

    order_no: OrderNo
    debtor_account_ref: AccountRef
    amount: OrderedAmount
    currency: Literal["CNY"]
    purpose: (
        Annotated[str, Meta(min_length=1, max_length=60, description="Printable text for payer and payee.")] | None
    ) = None


class Transfer(Answer, kw_only=True):
    transfer_id: TransferId
    order_no: OrderNo
    state: Literal["created", "held", "executed", "rejected", "expired"]
    amount: Amount
    currency: Currency
    debtor_account_masked: MaskedAccount
    creditor_account_masked: MaskedAccount
    creditor_name_masked: MaskedName
    purpose: Text | None = None
    created_at: Instant
    expires_at: Instant
    serial: Annotated[str, Meta(description="Transaction serial number, once executed.", max_length=64)] | None = None
    executed_at: Instant | None = None
    rejected_by: Literal["payer", "bank"] | None = None


# The application's own dealings, level A2: of all its users at once
class ReconciliationQuery(Request, kw_only=True):
    accounts: (
        Annotated[
            Literal["masked", "full"],
            Meta(description="full: account numbers unmasked, where the bank has granted that purpose."),
        ]
        | None
    ) = None
    part: PartNumber | None = None


class ReconciliationPart(Answer, kw_only=True):
    day: Day
    accounts: Literal["masked", "full"]
    part: Annotated[int, Meta(ge=1)]
    parts: Annotated[int, Meta(ge=1, description="How many parts the file has; each is asked for by itself.")]
    made_at: Instant


class ReconciliationPartSealed(Answer, kw_only=True):
    """What ``sealed`` of a part of a reconciliation file holds."""

    content: Annotated[str, Meta(description="The part: lines of JSON. All parts in order, as UTF-8, are the file.")]
    statement: Annotated[
        str, Meta(description="JWS compact text: the bank's signature on the digest and totals of the whole file.")
    ]
