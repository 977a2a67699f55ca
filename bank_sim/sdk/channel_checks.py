"""What a channel asks of the bank before a byte is sent, as a table; the channel itself is opened elsewhere."""

from __future__ import annotations

import ssl

from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import BANK_IDENTITY_INVALID


def _is_verified(context: ssl.SSLContext) -> None:
    if context.verify_mode is not ssl.CERT_REQUIRED or not context.check_hostname:
        raise BANK_IDENTITY_INVALID.problem("The channel would take anybody's certificate.")


CHANNEL_CHECKS: CheckTable[ssl.SSLContext] = CheckTable(
    [row("bank_certificate", _is_verified, "channel", "7.2.1-a-2.2 9.2.2-3.1")]
)
CHECK_NAMES = frozenset(each.name for each in CHANNEL_CHECKS.rows)
