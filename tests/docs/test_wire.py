"""docs/wire.md says what the code does: its tables are the catalogues, its worked examples verify, its commands run."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bank_sim.policy import Policy
from bank_sim.registry.api import Api
from bank_sim.registry.published import published_apis
from bank_sim.sdk.protocol.digests import require_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, PublicKey, public_from_jwk
from bank_sim.sdk.protocol.p256 import P256Private
from bank_sim.sdk.protocol.problems import CATALOGUE, Kind
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed
from bank_sim.sdk.protocol.signature_base import Answer, Request, signature_base
from bank_sim.sdk.protocol.signature_headers import read_signature
from bank_sim.sdk.protocol.signatures import PROFILE, require_coverage, verify_answer, verify_request
from bank_sim.sdk.protocol.sm2 import Sm2Private
from bank_sim.sdk.protocol.strict_base64 import from_base64url
from bank_sim.sdk.protocol.suites import SUITES
from tests.docs.conftest import Desk

ROOT = Path(__file__).parents[2]
WIRE, PROBLEMS = ((ROOT / "docs" / name).read_text() for name in ("wire.md", "problems.md"))
LINES_MAX = 400

# PKCS#8 of an SM2 key (RFC 5915 inside RFC 5958): before the private scalar, and between it and the public point.
SM2_PKCS8 = (
    bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420"),
    bytes.fromhex("a14403420004"),
)


def interface_row(api: Api) -> str:
    """What the table of interfaces says of one."""
    also = ["Idempotency-Key"] * api.idempotent + ["direct"] * api.direct_allowed
    cells = [
        f"`{api.api_id}`",
        api.method,
        f"`{api.path}`",
        f"{api.level}, funds" if api.funds else api.level,
        " or ".join(sorted(api.consent_types)) or "–",
        _members(api.sealed_request),
        _members(api.sealed_answer),
        ", ".join(also),
    ]
    return f"| {' | '.join(cells)} |"


def problem_row(kind: Kind) -> str:
    """What the table of problems says of one."""
    return f"| `{kind.code}` | {kind.status} | {kind.title} | {'yes' if kind.retry_safe else ''} |"


def _members(shape: type[msgspec.Struct] | None) -> str:
    return " ".join(f"`{field.name}`" for field in msgspec.structs.fields(shape)) if shape is not None else ""


def _tables(text: str) -> list[list[str]]:
    """The rows of each table of a page, without its head."""
    found = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [table.splitlines()[2:] for table in found]


def _table_with(text: str, first_cell: str) -> list[str]:
    return next(rows for rows in _tables(text) if rows[0].startswith(f"| `{first_cell}` "))


def _section(number: int) -> str:
    return WIRE.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


# The tables


def test_the_table_of_interfaces_is_the_catalogue() -> None:
    assert _table_with(WIRE, "products.list") == [interface_row(each) for each in published_apis()]


def test_the_table_of_problems_is_the_catalogue() -> None:
    rows = [row for table in _tables(PROBLEMS) for row in table]
    assert rows == [problem_row(each) for each in CATALOGUE.values()]


def test_the_codes_that_the_prose_names_exist() -> None:
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", WIRE + PROBLEMS))

    assert len(named) > len(CATALOGUE) / 2
    assert named <= CATALOGUE.keys()


def test_the_numbers_are_those_of_the_policy() -> None:
    rows = [re.fullmatch(r"\| `(\w+)` \| (\d+) \| .+ \|", row) for row in _table_with(WIRE, "signature_window_s")]
    said = {row[1]: int(row[2]) for row in rows if row is not None}

    assert len(said) == len(rows) > 20
    assert said == {name: getattr(Policy(), name) for name in said}


def test_every_algorithm_of_the_suites_and_every_covered_component_is_named() -> None:
    for suite in SUITES.values():
        names = (suite.signature_algorithm, suite.mac_algorithm, suite.digest_algorithm, suite.jwe_alg, suite.jwe_enc)
        assert [name for name in (*names, suite.jws_alg) if name not in _section(2)] == []
    covered = _section(3).partition("**Covered**")[2].partition("\n\n")[0]
    assert [name for name in PROFILE if f'"{name}"' not in covered] == []


def test_the_page_stays_readable_and_its_links_lead_somewhere() -> None:
    assert len(WIRE.splitlines()) <= LINES_MAX
    linked = re.findall(r"\]\(([^)#]+)\)", WIRE + PROBLEMS) + re.findall(r"docs/examples/\w+\.\w+", WIRE)
    assert linked
    assert [each for each in linked if not ((ROOT / "docs" / each).exists() or (ROOT / each).exists())] == []


# The worked examples


@dataclass(frozen=True, slots=True)
class Worked:
    """A message as the page shows it, and the signature base that the page gives for it."""

    start: str
    headers: dict[str, str]
    body: bytes
    base: str

    @classmethod
    def read(cls, text: str, base: str) -> "Worked":
        head, _, body = text.partition("\n\n")
        start, *lines = head.rstrip("\n").split("\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        return cls(start, headers, body.rstrip("\n").encode(), base.rstrip("\n"))

    def request(self) -> Request:
        method, target, _ = self.start.split(" ")
        path, _, query = target.partition("?")
        return Request(method, self.headers["host"], path, query, self.headers)


def worked_examples() -> tuple[Worked, Worked, Worked]:
    """The A1 request, the A2 request, and the answer to the first."""
    shown = [*_blocks(_section(3), "http"), *_blocks(_section(4), "http")]
    bases = [*_blocks(_section(3), "text"), *_blocks(_section(4), "text")]
    a1, a2, answer = (Worked.read(*pair) for pair in zip(shown, bases, strict=True))
    return a1, a2, answer


def example_secret() -> MacKey:
    found = re.search(r"App_Secret `([\w-]+)`", _section(3))
    assert found is not None
    return MacKey("intl", found[1].encode())


def example_key() -> PublicKey:
    found = re.search(r"Signing key `(\{.*?\})`", _section(3))
    assert found is not None
    key = public_from_jwk(json.loads(found[1]) | {"use": "sig"})
    assert isinstance(key, PublicKey)
    return key


@pytest.mark.parametrize("level", ["A1", "A2"])
def test_a_worked_request_is_signed_as_the_page_says(level: str) -> None:
    a1, a2, _ = worked_examples()
    worked, key = (a1, example_secret()) if level == "A1" else (a2, example_key())
    request, signature = worked.request(), read_signature(worked.headers)

    assert signature_base(signature.components, request, signature.params_text).decode() == worked.base
    require_coverage(signature, request, frozenset({"x-api-version"}))
    require_digest(worked.headers.get("content-digest"), worked.body, key.suite)
    verify_request(signature, request, key)
    if isinstance(key, PublicKey):
        assert signature.keyid.endswith(f".{key.kid}")


def test_the_worked_answer_is_signed_as_the_page_says() -> None:
    a1, _, answer = worked_examples()
    status = int(answer.start.split(" ")[1])

    signature = verify_answer(status, answer.headers, answer.body, a1.headers, example_secret())

    bound = Answer(status, answer.headers, 'signature;req;key="sig1"', a1.headers["signature"].removeprefix("sig1="))
    assert signature_base(signature.components, bound, signature.params_text).decode() == answer.base


@pytest.mark.parametrize("suite", ["intl", "gm"])
def test_a_worked_sealed_value_opens_with_the_published_key(suite: str) -> None:
    section = _section(5)
    text = dict(zip(("intl", "gm"), _blocks(section, "text"), strict=True))[suite].strip()
    app_id, nonce = re.search(r"to `(app_\w+)` and the nonce `(\w+)`", section).groups()  # type: ignore[union-attr]
    inside = re.search(r"Both hold\s+`(\{.*?\})`", section)
    assert inside is not None

    opened = open_sealed(text, published_key(suite), SealContext(app_id, "accounts.balance", "response", nonce))

    assert opened == json.loads(inside[1])


def published_key(suite: str) -> PrivateKey:
    """The keys that the page names: RFC 7518 appendix C, GB/T 32918.5 annex A.2."""
    vectors = ROOT / "tests" / "vectors"
    if suite == "intl":
        bob = json.loads((vectors / "rfc7518_ecdh_es.json").read_text())["recipient_private"]
        number = int.from_bytes(from_base64url(bob["d"]), "big")
        der = ec.derive_private_key(number, ec.SECP256R1()).private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )
        return PrivateKey("intl", "enc", P256Private.from_pkcs8(der))
    annex = json.loads((vectors / "gbt32918_5_sm2.json").read_text())["signature"]
    scalar, point = bytes.fromhex(annex["private_key"]), bytes.fromhex(annex["x"] + annex["y"])
    return PrivateKey("gm", "enc", Sm2Private.from_pkcs8(SM2_PKCS8[0] + scalar + SM2_PKCS8[1] + point))


# The commands


def test_the_first_commands_run_as_they_stand(desk: Desk) -> None:
    """In a directory with the sandbox's home and the examples, as a developer has it."""
    needed = ("sh", "curl", "openssl", "node")
    if missing := [program for program in needed if shutil.which(program) is None]:
        pytest.skip(f"{', '.join(missing)} missing on this machine, and the page's first commands need it")
    (desk.folder / ".sandbox").symlink_to(desk.world.home.path)
    (desk.folder / "docs").symlink_to(ROOT / "docs")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    outputs = [
        subprocess.run(
            ["sh", "-e", "-c", commands],
            cwd=desk.folder, env=os.environ | {"PATH": programs},
            capture_output=True, text=True, timeout=120, check=False,
        )
        for commands in _blocks(_section(1), "sh")
    ]  # fmt: skip

    assert [(done.returncode, done.stderr) for done in outputs] == [(0, "")] * 2
    assert [done.stdout.count("A1 by HMAC: ") for done in outputs] == [3, 1]
    assert "A1 by ECDSA: " in outputs[1].stdout
