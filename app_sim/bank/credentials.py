"""The wallet's own credentials at the bank, changed by the wallet itself (JR/T 0185 7.3.4, 9.3.5-2.1)."""

from __future__ import annotations

from app_sim.bank.line import Line
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import BankClient


class Credentials(Line):
    """Keys, App_Secret and certificate."""

    def register_key(self, new: PrivateKey) -> None:
        """Have a key serve beside the present one of its use; signed by the present one, proven by the new one."""
        self._ask("oauth.keys", lambda: self._client.own_keys.register(new))

    def revoke_key(self, kid: str, reason: str) -> None:
        self._ask("oauth.keys", lambda: self._client.own_keys.revoke(f"{self.app_id}.{kid}", reason))

    def renew_secret(self) -> str:
        return self._ask("oauth.keys", self._client.own_keys.renew_secret)

    def renew_certificate(self, request: bytes) -> bytes:
        """A TLS client certificate (PEM) for a request (PKCS #10, PEM); the former one serves for a while.

        One that is over is not shown: the order's signature is the proof then.
        """
        try:
            return self._certified(self._client, request)
        except Problem as problem:
            if problem.kind not in (problems.CERT_REVOKED, problems.CERT_EXPIRED):
                raise
        bare = self._open_client(shows_certificate=False)
        try:
            return self._certified(bare, request)
        finally:
            self._close(bare)

    def _certified(self, client: BankClient, request: bytes) -> bytes:
        return self._ask("oauth.keys", lambda: client.own_keys.renew_certificate(request.decode()).encode())

    def refresh_keys(self) -> None:
        """Ask for the bank's keys: it has told of a change."""
        self._client.refresh_bank_keys()
