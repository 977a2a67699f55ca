"""What attacks with borrowed or made-up credentials have in common: messages that no SDK would send.

An outsider knows the wire's rules, which are published, and signs with whatever there is to sign with.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

import httpx

from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signatures import sign_request
from scenarios.stage import Attempt, Stage
from user_sim.http_browser import LoopbackTransport

_FORM = "application/x-www-form-urlencoded"


class Outsider:
    """Speaks to the gateway by hand. Gone with its stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._gateway = httpx.URL(stage.world.addresses.gateway)
        self._http = httpx.Client(transport=LoopbackTransport(stage.world.authority))
        stage.closing.callback(self._http.close)

    def signed(
        self, method: str, path: str, key: PrivateKey | MacKey, keyid: str, headers: Mapping[str, str] | None = None
    ) -> httpx.Request:
        """A request without a body, signed now by ``key`` under the name ``keyid``."""
        host = self._gateway.netloc.decode()
        told = {"host": host, "accept": "application/json", "x-api-version": "1", **(headers or {})}
        request = Request(method, host, path, "", told)
        signature = sign_request(request, key, keyid, self.now_s(), secrets.token_urlsafe(18))
        return httpx.Request(method, self._gateway.copy_with(path=path), headers=told | signature)

    def send(self, request: httpx.Request) -> httpx.Response:
        return self._http.send(request)

    def posts_form(self, path: str, **form: str) -> httpx.Response:
        """A form that nobody has signed as a message, as plain OAuth clients send it."""
        url = self._gateway.copy_with(path=path)
        return self._http.post(url, content=urlencode(form).encode(), headers={"content-type": _FORM})

    def now_s(self) -> int:
        return int(self._stage.world.control.clock()["now_ms"]) // 1000


def code_of_answer(answer: httpx.Response) -> str:
    """The bank's own code, or the OAuth error, of a refusal."""
    document = answer.json()
    return str(document.get("code") or document.get("error"))


def refused_as(answer: httpx.Response) -> Attempt:
    """An attempt that ended with this refusal."""
    return Attempt(answer.status_code, code_of_answer(answer))
