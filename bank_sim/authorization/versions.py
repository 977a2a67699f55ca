"""Versions of the words that users are shown, kept with each consent as evidence of what they agreed to."""

# To be raised whenever a text of the authorization's pages changes.
TEXT_VERSION = "2026-1"
RISK_NOTICE_VERSION = "2025-1"
