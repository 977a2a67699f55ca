"""Somebody who runs the wallet, at the wallet's pages for operators: reads them, and hands files over to them.

They get in as any operator does: by the code that whoever holds the wallet's passphrase can look up.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx

from scenarios.failures import ScenarioFailed
from user_sim.http_browser import LoopbackTransport

if TYPE_CHECKING:
    from scenarios.stage import Stage

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_CODE = re.compile(r'data-code="(\w+)"')
_RECONCILIATION = "/operations/reconciliation"


class OperationsDesk:
    """One operator; gone when the scenario ends. It can hand over a file, which the users' plain browser cannot."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        # The connection goes to 127.0.0.1, under which name a client keeps no cookie of the wallet's.
        self._cookies: dict[str, str] = {}

    def enter(self, name: str, code: str) -> None:
        self._send("/operations/enter", "/operations/enter", data={"operator": name, "code": code})

    def fetch_due(self, day: str = "") -> None:
        """Have the bank's files fetched: all that are due, or one day's."""
        self._send(_RECONCILIATION, f"{_RECONCILIATION}/fetch", data={"day": day})

    def take_along(self, day: str) -> dict[str, str]:
        """The bank's file of a day, as the wallet gives it to its operators: day, content, statement."""
        document: dict[str, str] = self._ask("GET", f"{_RECONCILIATION}/{day}/file").json()
        return document

    def bring(self, document: bytes) -> tuple[int, str | None]:
        """Have a file imported that came another way: the status, and the code of a refusal."""
        answer = self._send(_RECONCILIATION, f"{_RECONCILIATION}/import", files={"file": ("file.json", document)})
        refused = _CODE.search(answer.text) if answer.is_error else None
        return answer.status_code, refused[1] if refused else None

    def diagnose(self, to: str) -> None:
        """Have the wallet write down what forms hold (``on``), or end that and delete it (``off``)."""
        self._send("/operations/diagnostics", "/operations/diagnostics", data={"to": to})

    def check_settings(self) -> tuple[int, str | None, str]:
        """Whether a secret lies in the wallet's settings: the status, the code of a refusal, what the page says."""
        answer = self._send("/operations/diagnostics", "/operations/diagnostics/settings")
        refused = _CODE.search(answer.text) if answer.is_error else None
        return answer.status_code, refused[1] if refused else None, answer.text

    def _send(self, page: str, action: str, data: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        csrf = _CSRF.search(self._ask("GET", page).text)
        if csrf is None:
            raise ScenarioFailed(f"the wallet shows no form at {page}")
        return self._ask("POST", action, data={"csrf": csrf[1], **(data or {})}, **more)

    def _ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = self._http.request(method, path, headers={"cookie": cookie}, **what)
        for each in answer.headers.get_list("set-cookie"):
            name, _, rest = each.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return answer


def at_the_wallet(stage: Stage) -> OperationsDesk:
    """An operator of the wallet, who has entered."""
    world = stage.world
    wallet = next(each.party for each in world.parties if each.party.name == "app")
    told = subprocess.run(
        [sys.executable, "-P", "-m", wallet.module, "--config", str(wallet.config), "--operators-code"],
        input=wallet.passphrase, capture_output=True, text=True, check=True,
    )  # fmt: skip
    http = httpx.Client(
        base_url=world.addresses.wallet,
        transport=LoopbackTransport(world.authority),
        headers={"accept-language": "en"},
    )
    stage.closing.callback(http.close)
    desk = OperationsDesk(http)
    desk.enter("Chen", told.stdout.strip())
    return desk
