"""The wallet's own keys at the bank: replaced in time, or at once when one may be lost, and a log of all of it.

A new key is on the disk, encrypted, before the bank hears of it, so that a crash in between loses nothing: the next try
goes on with the same key. The bank lets the old one serve beside it for a while (JR/T 0185 7.3.4), so no page waits for
a rotation. Whose turn it is, the bank's warnings say; nothing here judges time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app_sim import certificate
from app_sim.bank import Bank, PrivateKey, Problem, generate, load_private, problems
from app_sim.config import AppConfig
from app_sim.store import Store
from app_sim.vault import Vault, write_private

SCHEMA = """
CREATE TABLE IF NOT EXISTS key_custody (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    key_name TEXT NOT NULL,
    deed TEXT NOT NULL CHECK (deed IN ('generated', 'registered', 'superseded', 'renewed', 'revoked', 'destroyed')),
    why TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS key_custody_stands BEFORE UPDATE ON key_custody
BEGIN SELECT RAISE(ABORT, 'custody is not rewritten'); END;
CREATE TRIGGER IF NOT EXISTS key_custody_stays BEFORE DELETE ON key_custody
BEGIN SELECT RAISE(ABORT, 'custody is not rewritten'); END;
"""

Use = Literal["sig", "enc"]
Why = Literal["expiring", "ordered", "lost"]
SECRET = "secret"  # noqa: S105 - the name of App_Secret, not a secret


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the log: what was done to which key. ``why``: ``expiring``, ``ordered`` or ``lost``."""

    at_ms: int
    key_name: str
    deed: str
    why: str


@dataclass(frozen=True, slots=True)
class Held:
    """A credential that the wallet uses now. ``since_ms`` None: since it was founded.

    ``until_ms``: the end that a certificate says of itself; of a key's end the bank warns.
    """

    use: str
    keyid: str
    since_ms: int | None
    until_ms: int | None = None


class Keyring:
    """Changes the wallet's credentials, one at a time."""

    def __init__(
        self,
        config: AppConfig,
        vault: Vault,
        store: Store,
        bank: Bank,
        renew_access: Callable[[], None],
        now_ms: Callable[[], int],
    ) -> None:
        """``renew_access``: has access tokens fetched anew, which end with the key that they were bound to."""
        self._config = config
        self._vault = vault
        self._store = store
        self._bank = bank
        self._renew_access = renew_access
        self._now_ms = now_ms
        self._one_at_a_time = threading.Lock()

    def rotate(self, use: Use, why: Why) -> None:
        """Let a fresh key take the place of the present one. ``lost``: the bank refuses the old one from now on."""
        with self._one_at_a_time:
            past = self._bank.past()
            old, new = self._load(self._path(use)), self._prepared(use, why)
            self._register(new, why)
            self._require_same(past)
            self._put_in_place(use, old, new, why)
            if why == "lost":
                self._bank.revoke_key(old.kid, "reported lost by the application")
                self._note(old.kid, "revoked", why)
                self._renew_access()

    def renew_secret(self, why: Why) -> None:
        """Have the bank give a new App_Secret, which goes into the vault and nowhere else."""
        with self._one_at_a_time:
            past, secret = self._bank.past(), self._bank.renew_secret()
            self._require_same(past)
            self._vault.keep("app-secret", secret.encode())
            self._bank.reload()
            self._note(SECRET, "renewed", why)

    def renew_certificate(self, why: Why) -> None:
        """Have the bank certify a fresh key for TLS. The old certificate serves beside it for calls under way."""
        with self._one_at_a_time:
            past, keys, passphrase = self._bank.past(), self._config.keys, self._vault.passphrase
            old = certificate.presented(keys)
            issued = self._bank.renew_certificate(certificate.request(keys, passphrase, self._config.name))
            self._require_same(past)
            new = certificate.put_in_place(keys, passphrase, issued)
            self._note(new.name, "registered", why)
            if old is not None:
                self._note(old.name, "superseded", why)
                self._note(old.name, "destroyed", why)
            self._bank.reload()

    def heed_warning(self, keyid: str, use: str) -> None:
        """The bank says that a credential ends soon. A warning about one that is not in use any more is an old one."""
        shown = certificate.presented(self._config.keys)
        if use == "mac":
            self.renew_secret("expiring")
        elif use == "certificate" and shown is not None and shown.sha256 == keyid:
            self.renew_certificate("expiring")
        elif use in ("sig", "enc") and keyid.endswith(f".{self._load(self._path(use)).kid}"):
            self.rotate("sig" if use == "sig" else "enc", "expiring")

    def held(self) -> list[Held]:
        """What the wallet signs, opens and authenticates with now."""
        kids = [(use, self._load(self._path(use)).kid) for use in ("sig", "enc")]
        if self._vault.holds("app-secret"):
            kids.append(("mac", SECRET))
        held = [Held(use, f"{self._bank.app_id}.{kid}", self._since(kid)) for use, kid in kids]
        shown = certificate.presented(self._config.keys)
        if shown is not None:
            held.append(Held("certificate", shown.name, self._since(shown.name), shown.not_after_ms))
        return held

    def newest(self, limit: int) -> list[Deed]:
        """The last lines of the log, the newest first."""
        rows = self._store.read(
            "SELECT at_ms, key_name, deed, why FROM key_custody ORDER BY serial DESC LIMIT ?", (limit,)
        )
        return [Deed(*row) for row in rows]

    def _require_same(self, past: int | None) -> None:
        """STATE_CHANGED where a snapshot was put back meanwhile, whose keys must not be written over."""
        if self._bank.past() != past:
            raise problems.STATE_CHANGED.problem()

    def _prepared(self, use: Use, why: Why) -> PrivateKey:
        """A fresh key on the disk; one that an earlier try has left there is taken up again."""
        path = self._path(f"{use}.next")
        if not path.exists():
            key = generate(self._config.suite, use)
            write_private(path, key.to_pem(self._vault.passphrase))
            self._note(key.kid, "generated", why)
        return self._load(path)

    def _register(self, new: PrivateKey, why: Why) -> None:
        """KEY_INVALID means, of a key that nobody else has, that an earlier try has reached the bank."""
        try:
            self._bank.register_key(new)
        except Problem as problem:
            if problem.kind is not problems.KEY_INVALID or self._note_of(new.kid, "generated") is None:
                raise
        self._note(new.kid, "registered", why)

    def _put_in_place(self, use: Use, old: PrivateKey, new: PrivateKey, why: Why) -> None:
        """The new key's file takes the old one's name. An old sealing key opens what is still under way."""
        former = self._path(f"{use}.former")
        if former.exists():
            self._note(self._load(former).kid, "destroyed", why)
        if use == "enc":
            write_private(former, old.to_pem(self._vault.passphrase))
        self._path(f"{use}.next").replace(self._path(use))
        self._note(old.kid, "superseded", why)
        if use == "sig":
            self._note(old.kid, "destroyed", why)
        self._bank.reload()

    def _since(self, kid: str) -> int | None:
        return self._note_of(kid, "renewed" if kid == SECRET else "registered")

    def _note_of(self, kid: str, deed: str) -> int | None:
        row = self._store.row(
            "SELECT at_ms FROM key_custody WHERE key_name = ? AND deed = ? ORDER BY serial DESC LIMIT 1", (kid, deed)
        )
        return None if row is None else int(row["at_ms"])

    def _note(self, kid: str, deed: str, why: Why) -> None:
        with self._store.write() as db:
            db.execute(
                "INSERT INTO key_custody (at_ms, key_name, deed, why) VALUES (?, ?, ?, ?)",
                (self._now_ms(), kid, deed, why),
            )

    def _path(self, name: str) -> Path:
        return self._config.keys / f"{name}.pem"

    def _load(self, path: Path) -> PrivateKey:
        return load_private(path.read_bytes(), self._vault.passphrase, "enc" if path.name.startswith("enc") else "sig")
