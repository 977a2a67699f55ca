"""The interfaces that a bank is founded with, one entry each: the table to extend when it offers another service.

Later versions stand at the end: they are designed, which is to say programmed and described, and get an identifier and
callers only when the staff has taken them through ``bank_sim.interfaces``.

Levels follow JR/T 0185 6.2: what concerns no person is A1, accounts and funds are A2. Identifiers follow Appendix B:
service category 01 accounts (0001 payment accounts, 0002 points, 0003 reconciliation), 02 payments, 03 investment;
sequence numbers are consecutive within institution, type and category.
"""

from __future__ import annotations

from bank_sim.registry import schemas
from bank_sim.registry.api import Api, Level
from bank_sim.sdk.protocol.u_api_id import UApiId

INSTITUTION = "C99999"
"""A fictional institution code of the form of JR/T 0124: a letter and five characters."""

ACCOUNT_INFORMATION = frozenset({"account_information"})
PAYMENT = frozenset({"payment"})

_ACCOUNTS = ("01", "0001")
_POINTS = ("01", "0002")
_RECONCILIATION = ("01", "0003")
_TRANSFERS = ("02", "0001")
_INVESTMENT = ("03", "0001")


def published_apis(institution: str = INSTITUTION) -> tuple[Api, ...]:
    """All entries, in the order in which documents list them."""
    of_users = (*_account_information(institution), *_funds(institution))
    return (*_public(institution), *of_users, *_own_dealings(institution))


def designed_apis() -> tuple[Api, ...]:
    """Versions that nobody can call yet. They have no identifier: the bank's register gives it out in order (B.3.6)."""
    return (
        Api(
            api_id="rates.list",
            u_api_id="",
            version="2",
            level="A1",
            path="/api/rates",
            summary="Interest and exchange rates, by kind",
            summary_zh="利率与汇率（按类别）",
            answer=schemas.RatesByKind,
        ),
        Api(
            api_id="products.list",
            u_api_id="",
            version="2",
            level="A1",
            path="/api/products",
            summary="Products on offer, up to a level of risk",
            summary_zh="产品列表（可按风险等级筛选）",
            query=schemas.ProductSearch,
            answer=schemas.ProductsFound,
        ),
    )


def _u_api_id(institution: str, level: Level, category: tuple[str, str], sequence: int) -> str:
    return str(UApiId(institution, level, category[0], category[1], f"{sequence:06}"))


def _public(institution: str) -> tuple[Api, ...]:
    return (
        Api(
            api_id="products.list",
            u_api_id=_u_api_id(institution, "A1", _INVESTMENT, 1),
            level="A1",
            path="/api/products",
            summary="Products on offer",
            summary_zh="产品列表",
            query=schemas.ProductQuery,
            answer=schemas.ProductList,
        ),
        Api(
            api_id="products.get",
            u_api_id=_u_api_id(institution, "A1", _INVESTMENT, 2),
            level="A1",
            path="/api/products/{product_id}",
            summary="One product",
            summary_zh="产品详情",
            answer=schemas.Product,
        ),
        Api(
            api_id="rates.list",
            u_api_id=_u_api_id(institution, "A1", _INVESTMENT, 3),
            level="A1",
            path="/api/rates",
            summary="Interest and exchange rates",
            summary_zh="利率与汇率",
            answer=schemas.RateList,
        ),
    )


def _account_information(institution: str) -> tuple[Api, ...]:
    return (
        Api(
            api_id="accounts.list",
            u_api_id=_u_api_id(institution, "A2", _ACCOUNTS, 1),
            level="A2",
            path="/api/accounts",
            summary="The accounts under the user's consent",
            summary_zh="授权账户列表",
            consent_types=ACCOUNT_INFORMATION,
            answer=schemas.AccountList,
        ),
        Api(
            api_id="accounts.balance",
            u_api_id=_u_api_id(institution, "A2", _ACCOUNTS, 2),
            level="A2",
            path="/api/accounts/{account_ref}/balance",
            summary="Balance of one account",
            summary_zh="账户余额",
            consent_types=ACCOUNT_INFORMATION,
            answer=schemas.Balance,
            sealed_answer=schemas.BalanceSealed,
        ),
        Api(
            api_id="accounts.balances",
            u_api_id=_u_api_id(institution, "A2", _ACCOUNTS, 5),
            level="A2",
            path="/api/balances",
            summary="Balances of all accounts under the user's consent",
            summary_zh="全部授权账户余额",
            consent_types=ACCOUNT_INFORMATION,
            answer=schemas.Balances,
            sealed_answer=schemas.BalancesSealed,
        ),
        Api(
            api_id="accounts.transactions",
            u_api_id=_u_api_id(institution, "A2", _ACCOUNTS, 3),
            level="A2",
            path="/api/accounts/{account_ref}/transactions",
            summary="Transactions of one account, newest first",
            summary_zh="账户交易明细",
            consent_types=ACCOUNT_INFORMATION,
            query=schemas.TransactionQuery,
            answer=schemas.TransactionPage,
            sealed_answer=schemas.TransactionPageSealed,
        ),
        Api(
            api_id="accounts.limits",
            u_api_id=_u_api_id(institution, "A2", _ACCOUNTS, 4),
            level="A2",
            path="/api/accounts/{account_ref}/limits",
            summary="Payment limits of one account",
            summary_zh="账户限额",
            consent_types=ACCOUNT_INFORMATION,
            answer=schemas.Limits,
        ),
        Api(
            api_id="wealth.holdings",
            u_api_id=_u_api_id(institution, "A2", _INVESTMENT, 1),
            level="A2",
            path="/api/wealth/holdings",
            summary="Shares held in wealth products",
            summary_zh="理财持有份额",
            consent_types=ACCOUNT_INFORMATION,
            direct_allowed=True,
            answer=schemas.Holdings,
            sealed_answer=schemas.HoldingsSealed,
        ),
        Api(
            api_id="points.get",
            u_api_id=_u_api_id(institution, "A2", _POINTS, 1),
            level="A2",
            path="/api/points",
            summary="The user's points",
            summary_zh="用户积分",
            consent_types=ACCOUNT_INFORMATION,
            direct_allowed=True,
            answer=schemas.Points,
            sealed_answer=schemas.PointsSealed,
        ),
    )


def _own_dealings(institution: str) -> tuple[Api, ...]:
    """Of all its users' payments, so A2; but the application's own orders, which no user's consent is asked for again.

    It moves nothing, so it stands among the services of accounts and not of payments.
    """
    return (
        Api(
            api_id="reconciliation.get",
            u_api_id=_u_api_id(institution, "A2", _RECONCILIATION, 1),
            level="A2",
            own_dealings=True,
            path="/api/reconciliation/{day}",
            summary="Reconciliation file of one day: every transfer and debit of the application",
            summary_zh="日对账文件：应用方当日全部转账与扣款",
            query=schemas.ReconciliationQuery,
            answer=schemas.ReconciliationPart,
            sealed_answer=schemas.ReconciliationPartSealed,
        ),
    )


def _funds(institution: str) -> tuple[Api, ...]:
    return (
        Api(
            api_id="transfers.create",
            u_api_id=_u_api_id(institution, "A2", _TRANSFERS, 1),
            level="A2",
            funds=True,
            method="POST",
            path="/api/transfers",
            summary="Create a transfer order; no money moves yet",
            summary_zh="创建转账指令",
            consent_types=ACCOUNT_INFORMATION,
            request=schemas.TransferRequest,
            sealed_request=schemas.TransferRequestSealed,
            answer=schemas.Transfer,
            status=201,
            idempotent=True,
        ),
        Api(
            api_id="transfers.execute",
            u_api_id=_u_api_id(institution, "A2", _TRANSFERS, 2),
            level="A2",
            funds=True,
            method="POST",
            path="/api/transfers/{transfer_id}/execute",
            summary="Execute a transfer that the user has confirmed at the bank",
            summary_zh="执行转账",
            consent_types=PAYMENT,
            request=schemas.ExecuteRequest,
            answer=schemas.Transfer,
            idempotent=True,
            confirmed=True,
        ),
        Api(
            api_id="transfers.get",
            u_api_id=_u_api_id(institution, "A2", _TRANSFERS, 3),
            level="A2",
            funds=True,
            path="/api/transfers/{transfer_id}",
            summary="State of a transfer",
            summary_zh="查询转账",
            consent_types=ACCOUNT_INFORMATION | PAYMENT,
            answer=schemas.Transfer,
        ),
        Api(
            api_id="debits.create",
            u_api_id=_u_api_id(institution, "A2", _TRANSFERS, 4),
            level="A2",
            funds=True,
            method="POST",
            path="/api/debits",
            summary="Debit under an agreement: ordered and executed in one step, within its limits",
            summary_zh="按协议扣款：在约定限额内一步完成下单与执行",
            consent_types=PAYMENT,
            request=schemas.DebitRequest,
            answer=schemas.Transfer,
            status=201,
            idempotent=True,
            confirmed=True,
        ),
    )
