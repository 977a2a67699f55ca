"""The applications as the bank's staff sees them: everything about them but secrets. It changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

_LISTED = "app_id, name, name_zh, suite, integration_mode, status, registered_at_ms, certificate_sha256"


@dataclass(frozen=True, slots=True)
class Listed:
    """One application party."""

    app_id: str
    name: str
    name_zh: str | None
    suite: str
    integration_mode: str
    status: str
    registered_at_ms: int
    certificate_sha256: str | None

    def called(self, language: str) -> str:
        """Its name in a reader's language, where it has one there."""
        return (self.name_zh if language == "zh" else None) or self.name


@dataclass(frozen=True, slots=True)
class ListedKey:
    """One credential without its material."""

    keyid: str
    use: str
    status: str
    not_before_ms: int
    not_after_ms: int

    def state(self, now_ms: int) -> str:
        """``active``, ``superseded``, ``revoked``, ``expired`` or ``not_yet``."""
        if self.status == "revoked":
            return "revoked"
        if now_ms >= self.not_after_ms:
            return "expired"
        return "not_yet" if now_ms < self.not_before_ms else self.status


def applications(store: Store) -> list[Listed]:
    """All of them: the suspended first, those that have left last, each group by name."""
    order = "CASE status WHEN 'suspended' THEN 0 WHEN 'exited' THEN 2 ELSE 1 END"
    sql = f"SELECT {_LISTED} FROM applications ORDER BY {order}, name, app_id"  # noqa: S608
    return [Listed(*row) for row in store.read(sql)]


def application(store: Store, app_id: str) -> Listed:
    """RESOURCE_NOT_FOUND."""
    rows = store.read(f"SELECT {_LISTED} FROM applications WHERE app_id = ?", (app_id,))  # noqa: S608
    if not rows:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return Listed(*rows[0])


def keys_of(store: Store, app_id: str) -> list[ListedKey]:
    """The newest first."""
    rows = store.read(
        "SELECT keyid, use, status, not_before_ms, not_after_ms FROM application_keys WHERE app_id = ?"
        " ORDER BY not_before_ms DESC, use, keyid",
        (app_id,),
    )
    return [ListedKey(*row) for row in rows]


def key(store: Store, keyid: str) -> ListedKey:
    """RESOURCE_NOT_FOUND."""
    found = [each for each in keys_of(store, keyid.partition(".")[0]) if each.keyid == keyid]
    if not found:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return found[0]
