"""Starts a party of a running world again after it was killed or has stopped, from its disk, as the first time."""

from __future__ import annotations

import time
from collections.abc import Mapping

from scenarios.processes import READY_DEADLINE_S, PartyProcess
from scenarios.world import World


def party_of(world: World, name: str) -> PartyProcess:
    """``bank``, ``app`` or ``user``, as it runs now."""
    return next(each for each in world.parties if each.party.name == name)


def revive(world: World, name: str, environment: Mapping[str, str]) -> None:
    """Its successor takes its place in the list that the world stops at its end. Returns when it serves."""
    dead = party_of(world, name)
    dead.make_gone(time.monotonic())
    successor = PartyProcess(dead.party, dict(environment))
    world.parties[world.parties.index(dead)] = successor
    successor.hand_over_passphrase()
    successor.wait_ready(time.monotonic() + READY_DEADLINE_S)
