"""The statement in which an application says what it deleted and what it must keep, signed with its own key.

An application makes it when it leaves the bank (JR/T 0185 9.4 b) or when a user asks for it. Whether what it says is
true shows elsewhere: a signature makes somebody answerable, and proves nothing about a disk.
"""

from __future__ import annotations

from collections.abc import Mapping

from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.statements import state

DELETION_TYP = "deletion-statement+jwt"


def state_deletion(
    signing: PrivateKey, app_id: str, deleted: Mapping[str, int], kept: Mapping[str, str], stated_at_s: int
) -> str:
    """``deleted``: how many of each kind of thing, such as ``tokens``; ``kept``: what stays, and the reason for it.

    ``stated_at_s``: seconds since 1970, by the bank's clock. Returns a JWS compact text.
    """
    claims = {"app_id": app_id, "deleted": dict(deleted), "kept": dict(kept), "stated_at": stated_at_s}
    return state(signing, DELETION_TYP, claims)
