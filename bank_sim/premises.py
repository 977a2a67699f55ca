"""What one bank's processes share: opened once, before they fork. Holds no behaviour."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ssl import SSLContext

from bank_sim.bank import Secrets
from bank_sim.clock import Clock
from bank_sim.config import Config
from bank_sim.sandbox import ControlBlock, Switches


@dataclass(frozen=True)
class Premises:
    """What is opened before the processes fork, and the same in all of them."""

    config: Config
    secrets: Secrets
    block: ControlBlock
    clock: Clock
    switches: Switches
    sockets: dict[str, socket.socket]
    contexts: dict[str, SSLContext]
