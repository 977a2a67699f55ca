"""The wallet's only door to the bank: the bank's SDK, told what this wallet wants (JR/T 0185 9.3.5-3.1).

Nothing else in the wallet imports the SDK, and nothing else imports a part of this package: all that others need of
either stands in ``__all__``. ``line`` says what every question passes; the other modules are what is asked, by subject.
"""

from __future__ import annotations

from app_sim.bank.authorization import Authorization
from app_sim.bank.credentials import Credentials
from app_sim.bank.day_files import DayFiles
from app_sim.bank.interfaces import Interfaces, Items, Transfer
from app_sim.bank.line import TRANSACTIONS, Wiring
from app_sim.bank.notices import EVENTS_PATH, Notices
from app_sim.bank.settings import bank_settings, client_keys, open_clock
from app_sim.orders import AgreementTerms, Debit, Payee, TransferOrder
from bank_sim.sdk import browser
from bank_sim.sdk.clock import Clock
from bank_sim.sdk.keeping import require_keepable
from bank_sim.sdk.log_lines import log_as_json, logged
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import format_fen, parse_fen
from bank_sim.sdk.protocol.hashchain import GENESIS, first_break, link
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate, load_private
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.receipts import Receipt
from bank_sim.sdk.reconciliation import DayFile, Difference, DifferenceKind, SignedFile
from bank_sim.sdk.reconciliation import Line as FileLine
from bank_sim.sdk.returning import require_own_state
from bank_sim.sdk.secret_scan import require_no_secret
from bank_sim.sdk.server import BankCall, EmbeddedForm, EmbeddedStep, Logged, Pkce, Tokens
from bank_sim.sdk.server import ReceivedEvent as BankEvent
from bank_sim.sdk.tracing import Spans, Tracing, TracingUnavailable, open_spans, untraced
from bank_sim.sdk.witnessing import Exchanged, Witnessed

__all__ = [
    "EVENTS_PATH", "GENESIS", "TRANSACTIONS", "AgreementTerms", "Bank", "BankCall", "BankEvent", "Clock", "DayFile",
    "Debit", "Difference", "DifferenceKind", "EmbeddedForm", "EmbeddedStep", "Exchanged", "FileLine", "Items",
    "Logged", "Payee", "Pkce", "PrivateKey", "Problem", "Receipt", "SignedFile", "Spans", "Tokens", "Tracing",
    "TracingUnavailable", "Transfer", "TransferOrder", "Wiring", "Witnessed", "bank_settings", "browser",
    "client_keys", "first_break", "format_fen", "generate", "link", "load_private", "log_as_json", "logged",
    "open_clock", "open_spans", "parse_fen", "problems", "require_keepable", "require_no_secret",
    "require_own_state", "untraced",
]  # fmt: skip


class Bank(Interfaces, Authorization, Credentials, Notices, DayFiles):
    """What the wallet can ask of the bank. Every method raises ``Problem``; what it returns has been verified."""
