"""Where each party is found. Browser pages have a host each, so that no cookie of one party reaches another."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.facts import Urls
from scenarios.ports import Ports

HOSTS_OF = {
    "bank": ("bank.localhost", "portal.localhost", "console.localhost"),
    "app": ("wallet.localhost",),
    "user": ("phone.localhost",),
}
"""The names of each party's browser pages; its certificate carries them all."""
THEATRE_HOST = "theatre.localhost"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Base URLs without a trailing slash. ``gateway`` is the bank's public address and its OAuth issuer."""

    gateway: str
    pages: str
    wallet: str
    phone: str
    theatre: str
    portal: str
    console: str
    control: str

    @classmethod
    def at(cls, ports: Ports) -> Addresses:
        return cls(
            gateway=f"https://localhost:{ports.gateway}",
            pages=f"https://bank.localhost:{ports.pages}",
            wallet=f"https://wallet.localhost:{ports.wallet}",
            phone=f"https://phone.localhost:{ports.phone}",
            theatre=f"https://{THEATRE_HOST}:{ports.theatre}",
            portal=f"https://portal.localhost:{ports.portal}",
            console=f"https://console.localhost:{ports.console}",
            control=f"https://localhost:{ports.control}",
        )

    @property
    def sms(self) -> str:
        """Where the bank delivers short messages: the phone, by the machine's name for itself."""
        return f"https://localhost:{self.phone.rpartition(':')[2]}/sms"

    @property
    def authorization_endpoint(self) -> str:
        return f"{self.pages}/authorize"

    def urls(self) -> Urls:
        return {
            "gateway": self.gateway,
            "pages": self.pages,
            "wallet": self.wallet,
            "phone": self.phone,
            "theatre": self.theatre,
            "portal": self.portal,
            "console": self.console,
            "control": self.control,
        }
