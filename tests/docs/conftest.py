"""One running sandbox for all examples, and partners registered at it as docs/wire.md tells them to."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from scenarios.cli import cli
from scenarios.passphrase import ephemeral
from scenarios.surroundings import surroundings
from scenarios.world import Plan, World, running_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    plan = Plan(
        home=tmp_path_factory.mktemp("docs") / "home",
        passphrase=ephemeral(),
        port_base=0,
        people=4,
        tapped=True,
        environment=dict(os.environ),
    )
    with running_world(plan) as world:
        yield world


@dataclass(frozen=True, slots=True)
class Desk:
    """Where partners register, and a folder of their own for what they are handed."""

    world: World
    folder: Path

    def register(self, name: str, *options: str) -> Path:
        """The file that ``bank-sandbox app register NAME --json > NAME.json`` leaves."""
        arguments = ["app", "register", name, "--home", str(self.world.home.path), "--json", *options]
        done = CliRunner().invoke(cli, arguments, obj=surroundings(os.environ), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        file = self.folder / f"{name}.json"
        file.write_text(done.stdout)
        return file

    def key_pair(self, name: str) -> tuple[Path, Path]:
        """Private and public half of a P-256 pair as openssl writes them."""
        key = ec.generate_private_key(ec.SECP256R1())
        private, public = self.folder / f"{name}.pem", self.folder / f"{name}.pub"
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return private, public

    def altered(self, credentials: Path, member: str, value: str) -> Path:
        """The credentials of somebody who got a member wrong."""
        file = credentials.with_name(f"altered-{credentials.name}")
        file.write_text(json.dumps(json.loads(credentials.read_text()) | {member: value}))
        return file


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    return Desk(world, tmp_path)
