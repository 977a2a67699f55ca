"""The sandbox's control listener, as the command line and the scenarios use it: clock, weakening, faults, registration.

It exists in the sandbox only. It must not be a way around the wire: nothing here reads a balance or moves money.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from scenarios.failures import BrokenSurroundings, SandboxError

TIMEOUT_S = 10.0


class Control:
    """A client of one running sandbox's control listener. Close it, or use it as a context manager."""

    def __init__(self, url: str, token: str, ca_certificate: Path) -> None:
        trust = ssl.create_default_context(cafile=ca_certificate)
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=url, verify=trust, headers=headers, timeout=TIMEOUT_S, trust_env=False)

    def __enter__(self) -> Control:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def health(self) -> dict[str, Any]:
        return self._ask("GET", "/health")

    def clock(self) -> dict[str, Any]:
        return self._ask("GET", "/clock")

    def advance(self, seconds: int) -> dict[str, Any]:
        """Move every party's virtual clock forward; it never goes back but by ``reset_clock``."""
        return self._ask("POST", "/clock", {"advance_s": seconds})

    def reset_clock(self) -> dict[str, Any]:
        return self._ask("POST", "/clock", {"reset": True})

    def restored(self, offset_ms: int) -> dict[str, Any]:
        """The parties' state on disk was put back to a snapshot's, of a time when the clock was so far ahead."""
        return self._ask("POST", "/restored", {"offset_ms": offset_ms})

    def weakened(self) -> dict[str, Any]:
        """``names``: the defences that are off; ``known``: those that can be."""
        return self._ask("GET", "/weakened")

    def weaken(self, names: Iterable[str]) -> dict[str, Any]:
        """Leave exactly the named defences out; an empty list makes the bank whole again."""
        return self._ask("POST", "/weakened", {"names": sorted(names)})

    def faults(self) -> dict[str, Any]:
        """``faults``: those that stand, with their counts; ``known``: the kinds that there are."""
        return self._ask("GET", "/faults")

    def add_fault(self, kind: str, **order: Any) -> dict[str, Any]:
        """Switch a fault on; ``order`` as ``bank_sim.sandbox.faults.FaultOrder`` has it. The fault, with its name."""
        return self._ask("POST", "/faults", {"kind": kind, **order})

    def clear_faults(self, fault_id: str | None = None) -> int:
        """Switch one off, or all; how many that were."""
        return int(self._ask("DELETE", f"/faults/{fault_id}" if fault_id else "/faults")["cleared"])

    def register(self, registration: dict[str, Any]) -> dict[str, Any]:
        """Register an application party; the answer holds App_ID and, this once, App_Secret."""
        return self._ask("POST", "/applications", registration)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise BrokenSurroundings(f"The sandbox's control listener does not answer ({error}).") from error
        document: dict[str, Any] = answer.json()
        if answer.is_error:
            raise SandboxError(f"The sandbox refused: {document.get('detail') or document}")
        return document
