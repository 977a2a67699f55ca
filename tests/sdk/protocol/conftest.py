"""What the protocol's tests share: published vectors, keys made per run, and one request per suite."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.keypairs import PrivateKey

VECTORS = Path(__file__).parents[2] / "vectors"

# Printing the blob lets a failing run be replayed; the time of one example says nothing on a loaded machine.
settings.register_profile("protocol", deadline=None, print_blob=True)
settings.load_profile("protocol")


@pytest.fixture(scope="session")
def vector() -> Callable[[str], Any]:
    """Read a published vector by its file's name."""
    return lambda name: json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session", params=["gm", "intl"])
def suite(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def signing_key(suite: str) -> PrivateKey:
    return keypairs.generate(suite, "sig")


@pytest.fixture(scope="session")
def opening_key(suite: str) -> PrivateKey:
    return keypairs.generate(suite, "enc")
