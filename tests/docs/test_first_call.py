"""The first calls of docs/examples, run against a bank as strangers run them, and lied to on the wire."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bank_sim.sdk.protocol.digests import content_digest
from scenarios.wire import Splice, calls
from tests.docs.conftest import Desk

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PYTHON = [sys.executable, "-W", "error"]
PROGRAMS = {"first_call.py": [], "first_call.mjs": ["node"], "first_call.sh": ["sh", "curl", "openssl"]}
# Only the Python example is of one suite alone.
IN_GM = ["first_call.mjs", "first_call.sh"]
SOLD = "Steady Bamboo, 90 days"

Change = Callable[[httpx.Response], httpx.Response]


def run(example: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One example to its end."""
    for program in PROGRAMS[example]:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing on this machine, and {example} needs it")
    command = [PROGRAMS[example][0]] if PROGRAMS[example] else PYTHON
    return subprocess.run(
        [*command, str(EXAMPLES / example), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.clause("12.1-5")
@pytest.mark.parametrize("example", PROGRAMS)
def test_a_first_call_needs_the_credentials_and_nothing_else(desk: Desk, example: str) -> None:
    done = run(example, desk.register("reader", "--suite", "intl"))

    assert (done.returncode, done.stderr) == (0, "")
    assert SOLD in done.stdout


@pytest.mark.parametrize("example", IN_GM)
def test_a_first_call_speaks_gm_as_well(desk: Desk, example: str) -> None:
    done = run(example, desk.register("reader"), "gm")

    assert (done.returncode, done.stderr) == (0, "")
    assert SOLD in done.stdout


def test_a_registered_key_pair_signs_as_a2_asks_for(desk: Desk) -> None:
    private, public = desk.key_pair("sig")

    done = run("first_call.py", desk.register("shop", "--public-key", str(public)), "--signing-key", private)

    assert (done.returncode, done.stderr) == (0, "")
    assert "A1 by ECDSA: " in done.stdout


@pytest.mark.parametrize("example", PROGRAMS)
@pytest.mark.parametrize(
    ("member", "value", "code"),
    [("app_secret", "x" * 43, "APP_AUTH_FAILED"), ("app_id", "app_nobodyatall2", "APP_AUTH_FAILED")],
)
def test_who_got_something_wrong_reads_what_the_bank_says(
    desk: Desk, example: str, member: str, value: str, code: str
) -> None:
    done = run(example, desk.altered(desk.register("reader", "--suite", "intl"), member, value))

    assert done.returncode == 1
    assert code in done.stderr
    assert "Traceback" not in done.stderr


def test_a_clock_that_was_moved_is_named_and_can_be_followed(desk: Desk) -> None:
    credentials = desk.register("reader", "--suite", "intl")
    desk.world.control.advance(3600)
    try:
        by_the_machine = run("first_call.py", credentials)
        by_the_sandbox = run("first_call.py", credentials, "--clock", f"{desk.world.addresses.control}/clock")
    finally:
        desk.world.control.reset_clock()

    assert by_the_machine.returncode == 1
    assert "TIMESTAMP_EXPIRED" in by_the_machine.stderr
    assert "--clock" in by_the_machine.stderr
    assert by_the_sandbox.returncode == 0, by_the_sandbox.stderr


class Lying(httpx.BaseTransport):
    """A wire that changes what the bank answers."""

    def __init__(self, onward: httpx.BaseTransport, change: Change) -> None:
        self._onward, self._change = onward, change

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._onward.handle_request(request)
        answer.read()
        return self._change(answer)


def _with_body(answer: httpx.Response, digest: bool) -> httpx.Response:
    body = answer.content.replace(b"1000.00", b"9000.00")
    assert body != answer.content
    headers = dict(answer.headers) | {"content-length": str(len(body))}
    return httpx.Response(
        200, headers=headers | ({"content-digest": content_digest("intl", body)} if digest else {}), content=body
    )


def _without(answer: httpx.Response, *names: str) -> httpx.Response:
    headers = {name: value for name, value in answer.headers.items() if name not in names}
    return httpx.Response(200, headers=headers, content=answer.content)


def _covering_less(answer: httpx.Response) -> httpx.Response:
    covered = answer.headers["signature-input"].replace(' "content-digest"', "")
    return httpx.Response(200, headers=dict(answer.headers) | {"signature-input": covered}, content=answer.content)


LIES: dict[str, Change] = {
    "another body": lambda answer: _with_body(answer, digest=False),
    "another body and its digest": lambda answer: _with_body(answer, digest=True),
    "another status": lambda answer: httpx.Response(201, headers=answer.headers, content=answer.content),
    "no signature": lambda answer: _without(answer, "signature", "signature-input"),
    "a signature that covers less": _covering_less,
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("example", PROGRAMS)
def test_an_answer_that_was_changed_on_the_way_is_not_believed(desk: Desk, example: str, lie: str) -> None:
    credentials = desk.register("reader", "--suite", "intl")
    box = desk.world.middlebox
    assert box is not None

    with box.interfering(Lying(box.gateway, LIES[lie])):
        done = run(example, credentials)

    assert done.returncode == 1
    assert done.stdout == ""
    assert "answer" in done.stderr or "body" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("example", PROGRAMS)
def test_a_genuine_answer_to_an_earlier_request_is_not_believed(desk: Desk, example: str) -> None:
    credentials = desk.register("reader", "--suite", "intl")
    box = desk.world.middlebox
    assert box is not None

    with box.interfering(Splice(box.gateway, calls("GET", "/api/products"))):
        first, second = run(example, credentials), run(example, credentials)

    assert (first.returncode, second.returncode) == (0, 1)
    assert second.stdout == ""


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_a_python_example_imports_nothing_of_ours(example: Path) -> None:
    allowed = {*sys.stdlib_module_names, "cryptography", "first_call"}
    imported = set()
    for node in ast.walk(ast.parse(example.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])

    assert imported
    assert imported <= allowed


def test_the_node_example_needs_no_package() -> None:
    lines = [line for line in (EXAMPLES / "first_call.mjs").read_text().splitlines() if line.startswith("import ")]

    assert lines
    assert all('from "node:' in line for line in lines)
