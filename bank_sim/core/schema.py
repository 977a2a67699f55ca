"""The tables of the core. What must never happen to the books is refused here, by the database itself.

    customers ─┬─ accounts ─── ledger_accounts ─── ledger_lines ─── ledger_entries
               │     └─ cards        └─ holds                            │
               ├─ holdings ─── products        transfers ────────────────┘
               └─ points                       transfer_usage

Money is integer fen. In the books a credit is positive and a debit negative, so that the lines of every entry sum to
zero and a customer's balance, which is the bank's liability, is positive. Must hold no rule of business.
"""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS customers (
    customer_id      TEXT PRIMARY KEY,
    name_sealed      BLOB NOT NULL,
    name_masked      TEXT NOT NULL,
    name_salt        BLOB NOT NULL,
    name_salted_sm3  BLOB NOT NULL,
    id_number_sealed BLOB NOT NULL,
    id_number_masked TEXT NOT NULL,
    phone_sealed     BLOB NOT NULL,
    phone_masked     TEXT NOT NULL,
    since_ms         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- side "bank" is the bank's own money and may stand on either side of zero; side "customer" may not be overdrawn,
-- and what is held of it may not be spent.
CREATE TABLE IF NOT EXISTS ledger_accounts (
    account_id  TEXT PRIMARY KEY,
    side        TEXT NOT NULL CHECK (side IN ('customer', 'bank')),
    balance_fen INTEGER NOT NULL DEFAULT 0,
    held_fen    INTEGER NOT NULL DEFAULT 0 CHECK (held_fen >= 0),
    CHECK (side = 'bank' OR balance_fen >= held_fen)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS holds (
    hold_id       TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES ledger_accounts (account_id),
    amount_fen    INTEGER NOT NULL CHECK (amount_fen > 0),
    reason        TEXT NOT NULL,
    placed_at_ms  INTEGER NOT NULL,
    lifted_at_ms  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS accounts (
    account_id       TEXT PRIMARY KEY REFERENCES ledger_accounts (account_id),
    customer_id      TEXT NOT NULL REFERENCES customers (customer_id),
    account_number   TEXT NOT NULL UNIQUE,
    account_class    TEXT NOT NULL CHECK (account_class IN ('I', 'II', 'III')),
    bound_account_id TEXT REFERENCES accounts (account_id),
    currency         TEXT NOT NULL DEFAULT 'CNY' CHECK (currency = 'CNY'),
    state            TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'frozen', 'closed')),
    opened_at_ms     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS accounts_of_customer ON accounts (customer_id);

CREATE TABLE IF NOT EXISTS cards (
    card_number TEXT PRIMARY KEY,
    account_id  TEXT NOT NULL UNIQUE REFERENCES accounts (account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS transfers (
    transfer_id         TEXT PRIMARY KEY,
    app_id              TEXT NOT NULL,
    order_no            TEXT NOT NULL,
    customer_id         TEXT NOT NULL REFERENCES customers (customer_id),
    debtor_account_id   TEXT NOT NULL REFERENCES accounts (account_id),
    creditor_account_id TEXT NOT NULL REFERENCES accounts (account_id),
    creditor_number     TEXT NOT NULL,
    amount_fen          INTEGER NOT NULL CHECK (amount_fen > 0),
    purpose             TEXT,
    state               TEXT NOT NULL DEFAULT 'created'
                        CHECK (state IN ('created', 'held', 'executed', 'rejected')),
    created_at_ms       INTEGER NOT NULL,
    expires_at_ms       INTEGER NOT NULL,
    ended_at_ms         INTEGER,
    serial              TEXT,
    rejected_by         TEXT CHECK (rejected_by IN ('payer', 'bank')),
    UNIQUE (app_id, order_no),
    CHECK (debtor_account_id <> creditor_account_id),
    CHECK ((state = 'executed') = (serial IS NOT NULL)),
    CHECK ((state = 'rejected') = (rejected_by IS NOT NULL)),
    CHECK ((state IN ('created', 'held')) = (ended_at_ms IS NULL))
) STRICT, WITHOUT ROWID;

-- By these the reconciliation of a day finds what the day touched, without a look at the years before it.
CREATE INDEX IF NOT EXISTS transfers_by_beginning ON transfers (created_at_ms);
CREATE INDEX IF NOT EXISTS transfers_by_end ON transfers (ended_at_ms) WHERE ended_at_ms IS NOT NULL;

-- By this a debit that is ordered twice is known for it.
CREATE INDEX IF NOT EXISTS transfers_of_payer ON transfers (debtor_account_id, amount_fen, created_at_ms);

-- The unique transfer_id lets a transfer into the books once, whatever else goes wrong.
CREATE TABLE IF NOT EXISTS ledger_entries (
    entry_id     INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('capital', 'opening', 'income', 'purchase', 'subscription', 'transfer')),
    summary      TEXT,
    transfer_id  TEXT UNIQUE REFERENCES transfers (transfer_id),
    posted_at_ms INTEGER NOT NULL,
    CHECK ((kind = 'transfer') = (transfer_id IS NOT NULL))
) STRICT;

-- Clustered by account, newest entry last: a page of an account's history is one range of the tree. That the entry
-- exists is seen to by the trigger below, so no foreign key makes each new entry look for lines.
CREATE TABLE IF NOT EXISTS ledger_lines (
    account_id        TEXT NOT NULL REFERENCES ledger_accounts (account_id),
    entry_id          INTEGER NOT NULL,
    amount_fen        INTEGER NOT NULL CHECK (amount_fen <> 0),
    balance_after_fen INTEGER NOT NULL,
    PRIMARY KEY (account_id, entry_id)
) STRICT, WITHOUT ROWID;

-- What counts towards the limits of an account: by direction, and by Beijing day ("2026-01-31") and year ("2026").
CREATE TABLE IF NOT EXISTS transfer_usage (
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    flow       TEXT NOT NULL CHECK (flow IN ('out', 'in')),
    period     TEXT NOT NULL,
    used_fen   INTEGER NOT NULL CHECK (used_fen > 0),
    PRIMARY KEY (account_id, flow, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS products (
    product_id         TEXT PRIMARY KEY,
    category           TEXT NOT NULL CHECK (category IN ('deposit', 'wealth', 'fund', 'loan')),
    name               TEXT NOT NULL,
    name_zh            TEXT NOT NULL,
    description        TEXT NOT NULL,
    description_zh     TEXT NOT NULL,
    risk_level         TEXT,
    annual_rate_bp     INTEGER,
    term_days          INTEGER,
    minimum_amount_fen INTEGER,
    unit_price_e4      INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS rates (
    kind           TEXT NOT NULL CHECK (kind IN ('deposit', 'loan', 'exchange')),
    code           TEXT NOT NULL,
    name           TEXT NOT NULL,
    name_zh        TEXT NOT NULL,
    currency       TEXT NOT NULL,
    term_months    INTEGER,
    annual_rate_bp INTEGER,
    buy_e4         INTEGER,
    sell_e4        INTEGER,
    set_at_ms      INTEGER NOT NULL,
    PRIMARY KEY (kind, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS holdings (
    customer_id TEXT NOT NULL REFERENCES customers (customer_id),
    product_id  TEXT NOT NULL REFERENCES products (product_id),
    units_e2    INTEGER NOT NULL CHECK (units_e2 > 0),
    PRIMARY KEY (customer_id, product_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS points (
    customer_id TEXT PRIMARY KEY REFERENCES customers (customer_id),
    points      INTEGER NOT NULL CHECK (points >= 0)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS ledger_lines_stay BEFORE UPDATE ON ledger_lines
BEGIN SELECT RAISE(ABORT, 'ledger lines are immutable'); END;
CREATE TRIGGER IF NOT EXISTS ledger_lines_remain BEFORE DELETE ON ledger_lines
BEGIN SELECT RAISE(ABORT, 'ledger lines are immutable'); END;
CREATE TRIGGER IF NOT EXISTS ledger_entries_stay BEFORE UPDATE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are immutable'); END;
CREATE TRIGGER IF NOT EXISTS ledger_entries_remain BEFORE DELETE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are immutable'); END;

-- INSERT OR REPLACE deletes without firing DELETE triggers, so writing over a row is refused on the way in.
CREATE TRIGGER IF NOT EXISTS ledger_entries_are_new BEFORE INSERT ON ledger_entries
WHEN EXISTS (SELECT 1 FROM ledger_entries WHERE entry_id = NEW.entry_id OR transfer_id = NEW.transfer_id)
BEGIN SELECT RAISE(ABORT, 'ledger entries are immutable'); END;
CREATE TRIGGER IF NOT EXISTS ledger_lines_are_new BEFORE INSERT ON ledger_lines
WHEN EXISTS (SELECT 1 FROM ledger_lines WHERE account_id = NEW.account_id AND entry_id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'ledger lines are immutable'); END;
CREATE TRIGGER IF NOT EXISTS ledger_lines_join_the_newest_entry BEFORE INSERT ON ledger_lines
WHEN NEW.entry_id IS NOT (SELECT max(entry_id) FROM ledger_entries)
BEGIN SELECT RAISE(ABORT, 'ledger entries are immutable'); END;

-- What a user confirmed cannot change afterwards, and an end is an end.
CREATE TRIGGER IF NOT EXISTS transfers_keep_their_terms BEFORE UPDATE ON transfers
WHEN OLD.state NOT IN ('created', 'held') OR NEW.transfer_id <> OLD.transfer_id OR NEW.app_id <> OLD.app_id
    OR NEW.order_no <> OLD.order_no OR NEW.customer_id <> OLD.customer_id
    OR NEW.debtor_account_id <> OLD.debtor_account_id OR NEW.creditor_account_id <> OLD.creditor_account_id
    OR NEW.creditor_number <> OLD.creditor_number OR NEW.amount_fen <> OLD.amount_fen
BEGIN SELECT RAISE(ABORT, 'the terms and the end of a transfer are immutable'); END;
CREATE TRIGGER IF NOT EXISTS transfers_remain BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are immutable'); END;
"""
