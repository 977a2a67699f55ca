"""Sqlmap over what reaches a database: parameters and bodies of the API through the signing proxy, and the logins.

Told which database it is, and bounded to techniques that need no sleeping; a parameter that it can inject is a finding.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.transport import secure_transport
from scenarios.failures import BrokenSurroundings
from scenarios.security import api_fuzzing, description, ground
from scenarios.security.findings import Finding
from scenarios.security.plain_listener import listening
from scenarios.security.signing_proxy import SigningProxy
from scenarios.world import World

TOOL = "sqlmap"
_PATIENCE_S = 180.0
_INJECTABLE = re.compile(r"^Parameter: (.+)$", re.MULTILINE)
_TESTED = re.compile(r"does not seem to be injectable|^Parameter: ", re.MULTILINE)
_ALWAYS = (
    "--batch", "--flush-session", "--dbms", "sqlite", "--technique", "BEU", "--ignore-code", "*", "--timeout", "10",
    "--disable-coloring", "--ignore-proxy",
)  # fmt: skip
"""It asks nothing, and goes on where it is refused."""


def probe(world: World, tools: Path, reports: Path, *, quick: bool) -> list[Finding]:
    """Every place that takes a value from outside and looks it up."""
    effort = ("--level", "1" if quick else "2", "--risk", "1")
    found: list[Finding] = []
    with secure_transport(world.authority, None) as wire, ground.admitted(world) as member:
        proxy = SigningProxy(
            ground.speaker(world, member), wire, description.operations(api_fuzzing.published(world, wire))
        )
        with listening(proxy) as url:
            for name, options in _calls(url, member.examples):
                found += _run(tools, reports / "sql" / name, name, (*options, *effort))
        if not proxy.calls:
            raise BrokenSurroundings("Sqlmap made no call; see its reports.")
    for name, page in (("bank-login", world.addresses.pages), ("console-login", world.addresses.console)):
        # The tool asks the machine's resolver, which may not know the subdomains of localhost.
        place = urlsplit(page)
        options = ("-u", f"https://127.0.0.1:{place.port}/login", "--host", place.netloc, "--forms", "--crawl", "0")
        found += _run(tools, reports / "sql" / name, name, (*options, "--csrf-token", "csrf", *effort))
    return found


def _calls(url: str, examples: Mapping[str, list[str]]) -> Iterator[tuple[str, Sequence[str]]]:
    """Calls of the API; a star marks what is to be altered."""
    reference, transfer = examples["account_ref"][0], examples["transfer_id"][0]
    order = {
        "order_no": "sqlmap1*", "debtor_account_ref": f"{reference}*", "amount": "0.01*", "currency": "CNY",
        "purpose": "rent*", "sealed": {"creditor_account": "62299900000000*", "creditor_name": "somebody*"},
    }  # fmt: skip
    yield "products", ("-u", f"{url}/api/products?category=wealth", "-p", "category")
    yield "product", ("-u", f"{url}/api/products/{examples['product_id'][0]}*")
    yield "balance", ("-u", f"{url}/api/accounts/{reference}*/balance")
    yield "transactions", ("-u", f"{url}/api/accounts/{reference}/transactions?limit=20&cursor=0", "-p", "limit,cursor")
    yield "transfer", ("-u", f"{url}/api/transfers/{transfer}*")
    headers = "Content-Type: application/json\nIdempotency-Key: sqlmap*"
    body = strict_json.dump(order).decode()
    yield "order", ("-u", f"{url}/api/transfers", "--method", "POST", "--headers", headers, "--data", body)


def _run(tools: Path, folder: Path, name: str, options: Sequence[str]) -> list[Finding]:
    folder.mkdir(parents=True, exist_ok=True)
    command = [str(tools / "bin" / "sqlmap"), *options, *_ALWAYS, "--output-dir", str(folder)]
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=_PATIENCE_S, env={**os.environ, "HOME": str(folder)}, check=False,
    )  # fmt: skip
    (folder / "output.txt").write_text(done.stdout, encoding="utf-8")
    return read_output(done.stdout, name)


def read_output(text: str, name: str) -> list[Finding]:
    """Each parameter that the tool could inject. ``BrokenSurroundings`` if it tested none at all."""
    if not _TESTED.search(text):
        raise BrokenSurroundings(f"Sqlmap tested nothing of {name}: {text[-300:]}")
    return [Finding(TOOL, "injectable", name, each) for each in dict.fromkeys(_INJECTABLE.findall(text))]
