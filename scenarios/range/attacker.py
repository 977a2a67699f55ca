"""The client that a player's script starts from: the present scene's loot, an application, a browser, the victim's ear.

It has what a kit holds and asks the range for nothing else. It knows of no challenge and of no defence.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import httpx

from bank_sim.sdk.protocol.keypairs import PrivateKey, generate, load_private
from scenarios.addresses import Addresses
from scenarios.control import Control
from scenarios.partner import Admitted, Partner
from user_sim.http_browser import HttpBrowser, LoopbackTransport

TIMEOUT_S = 60.0
_PREFIX = "header "


class Attacker:
    """Opens the kit in ``folder``.

    ``stolen``   what you have of the victim, by name
    ``app``      the application whose credentials you have: ``app.client.call`` signs, ``app.balance`` and others are
                 shorter; ``AttributeError`` where the challenge gives you none
    """

    def __init__(self, folder: Path) -> None:
        self.ca = folder / "ca.pem"
        access = json.loads((folder / "access.json").read_text())
        self._range = f"{access['range']}/kit/{access['token']}"
        self._ask_range = httpx.Client(transport=LoopbackTransport(self.ca), timeout=TIMEOUT_S, trust_env=False)
        self._kit: dict[str, Any] = self._get("GET", "kit.json")

    @property
    def stolen(self) -> dict[str, str]:
        stolen: dict[str, str] = self._kit["stolen"]
        return stolen

    @property
    def gateway(self) -> str:
        return str(self._kit["gateway"])

    @cached_property
    def app(self) -> Partner:
        given = self._kit["application"]
        if given is None:
            raise AttributeError("in this challenge you are no application: me.http() and me.stolen are what you have")
        admitted = Admitted(given, self._key(given, "signing", "sig"), self._key(given, "opening", "enc"))
        addresses = replace(
            Addresses(*[""] * 8),
            gateway=self.gateway,
            pages=self._kit["pages"],
            # Only its clock: the range tells what time it is in this world, and nothing else of it.
            control=self._range,
        )
        name = str(given["host"]).removesuffix(".localhost")
        return Partner(name, self._kit["suite"], addresses, cast(Control, None), self.ca, admitted)

    def _key(self, given: dict[str, Any], what: str, use: Any) -> PrivateKey:
        """A key of the kit; one that nobody has registered where the kit holds none."""
        pem = given.get(f"{what}_key_pem")
        if pem is None:
            return generate(self._kit["suite"], use)
        return load_private(pem.encode(), given["keys_passphrase"].encode(), use)

    def http(self) -> httpx.Client:
        """A plain HTTPS client that trusts this world, and finds ``*.localhost`` on this machine."""
        return httpx.Client(transport=LoopbackTransport(self.ca), timeout=TIMEOUT_S, trust_env=False)

    def browser(self) -> HttpBrowser:
        """A browser without scripts, in which your application's callback page is at home."""
        return HttpBrowser(self.app.callback_page(LoopbackTransport(self.ca)), "en")

    def captured(self) -> httpx.Request:
        """The captured message, where one was captured; ``http().send`` sends it as it was."""
        stolen = self.stolen
        headers = {name.removeprefix(_PREFIX): value for name, value in stolen.items() if name.startswith(_PREFIX)}
        body = base64.b64decode(stolen["body_base64"])
        return httpx.Request(stolen["method"], self.gateway + stolen["path"], headers=headers, content=body)

    def ask(self) -> str:
        """What the victim on the telephone answers when asked for the newest code."""
        return str(self._get("POST", "ask")["said"])

    def again(self) -> dict[str, str]:
        """Have the scene set anew, with another victim. The new loot."""
        self._kit = self._get("POST", "again")
        self._leave_app()
        return self.stolen

    def now_s(self) -> int:
        """What time it is in this world, in seconds since 1970."""
        return int(self._get("GET", "clock")["now_ms"]) // 1000

    def close(self) -> None:
        self._leave_app()
        self._ask_range.close()

    def _leave_app(self) -> None:
        if "app" in self.__dict__:
            self.app.close()
            del self.__dict__["app"]

    def _get(self, method: str, what: str) -> dict[str, Any]:
        answer = self._ask_range.request(method, f"{self._range}/{what}")
        document: dict[str, Any] = answer.json()
        if answer.is_error:
            raise SystemExit(f"The range says: {document.get('detail', answer.status_code)}")
        return document
