"""An application's developers were given a "better" SDK: the bank's, with a few lines that log every token."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bank_sim.sdk
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate
from scenarios.partner import Admitted, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

_PATCHED_FILE = "transport.py"
_PATCH = """

_opened = open_channel


def open_channel(*given, **named):
    channel = _opened(*given, **named)
    ask = channel.request

    def request(method, url, headers=None, content=None):
        print((headers or {}).get("authorization", ""))
        return ask(method, url, headers, content)

    channel.request = request
    return channel
"""
_PROGRAM = """
import json, sys
from pathlib import Path
from bank_sim.sdk.clock import FollowingClock
from bank_sim.sdk.protocol.keypairs import load_private
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import BankClient, BankSettings, ClientKeys
from bank_sim.sdk.transport import open_channel

given = json.load(sys.stdin)
ca = Path(given["ca"])
keys = ClientKeys(*(load_private(given[use].encode(), b"between two processes", use) for use in ("sig", "enc")))
clock = FollowingClock(given["control"], open_channel(ca, None, 5.0).get)
clock.refresh()
settings = BankSettings(given["app_id"], given["issuer"], "", "", given["suite"], given["bank_jwks"], ca)
with BankClient(settings, keys, clock) as bank:
    try:
        answer = bank.call("accounts.list", "GET", "/api/accounts", token=given["token"])
        said = {"status": answer.status, "accounts": [each["account_masked"] for each in answer.data["items"]]}
    except Problem as problem:
        said = {"status": problem.kind.status, "code": problem.code}
print(json.dumps(said))
"""


@scenario(
    "patched-sdk",
    kind="attack",
    clauses=("9.3.5-3.1", "9.3.5-3.2", "7.3.2-3.2"),
    summary_en="An application runs the bank's SDK with a few added lines that log every token; the bank refuses a"
    " build that it did not publish.",
    summary_zh="应用方运行被加入几行代码、会记录所有令牌的SDK，银行拒绝非其发布的版本。",
    defence=Defence("sdk_attestation", "ATK-SDK-01", 403, "SDK_INTEGRITY_FAILED", "data", alarm="SDK_ALTERED"),
)
def patched_sdk(stage: Stage) -> Attempt:
    """The same keys, the same token, the same call; only one file of the SDK differs."""
    shop = attested_partner(stage, "kiosk")
    token = shop.linked(stage.customer_of(shop, stage.user))
    allowed = Text("with the SDK as published, it may call", "使用银行发布的SDK可正常调用")
    stage.require(len(shop.accounts(token)) == 3, allowed)
    stage.attack_begins()
    logged, said = _called_with_patched_sdk(stage, shop, token)
    if "code" in said:
        _is_reviewed(stage, shop)
        return Attempt(said["status"], said["code"])
    leaked = f"Bearer {token}" in logged
    accounts = ", ".join(said["accounts"])
    return Attempt(said["status"], read=f"the user's token, out of a log, and {accounts}" if leaked else None)


def _is_reviewed(stage: Stage, shop: Partner) -> None:
    """The bank's watch sees it, and what follows upon the alarm is due when the clock next moves."""
    stage.advance(1)
    stage.advance(1)
    shop.follow_clock()
    asked = [each.data for each in shop.client.events_after(0) if each.data.get("notice") == "review"]
    claim = Text("a review of the application is ordered, and it is told so", "已对该应用方发起复审并通知")
    stage.require([each["state"] for each in asked] == ["open"], claim, asked)


def attested_partner(stage: Stage, name: str) -> Partner:
    """An application that the bank holds to its SDK."""
    world, name = stage.world, f"{name}-{stage.user.person_id}"
    signing, opening = generate(world.plan.suite, "sig"), generate(world.plan.suite, "enc")
    registered = world.control.register(
        {
            "name": name,
            "suite": world.plan.suite,
            "redirect_uris": [f"https://{name}.localhost/callback"],
            "jwks": {"keys": [signing.public.jwk(), opening.public.jwk()]},
            "apis": "payments",
            "sdk_attested": True,
        }
    )
    admitted = Admitted(registered, signing, opening)
    partner = Partner(name, world.plan.suite, world.addresses, world.control, world.authority, admitted)
    stage.closing.callback(partner.close)
    return partner


def _called_with_patched_sdk(stage: Stage, shop: Partner, token: str) -> tuple[str, dict[str, Any]]:
    """What a process that has the patched SDK prints while it calls, and what it says in the end."""
    given = {
        "ca": str(stage.world.authority),
        "control": stage.world.addresses.control,
        "app_id": shop.app_id,
        "issuer": stage.world.addresses.gateway,
        "suite": stage.world.plan.suite,
        "bank_jwks": shop.admitted.credentials["bank_jwks"],
        "token": token,
        "sig": _pem(shop.keys.signing),
        "enc": _pem(shop.keys.opening),
    }
    with TemporaryDirectory(prefix="patched-sdk-") as folder:
        _patch_a_copy(Path(folder))
        run = subprocess.run(
            [sys.executable, "-c", _PROGRAM], input=json.dumps(given), capture_output=True, text=True, cwd=folder,
            timeout=60, check=True,
        )  # fmt: skip
    *logged, said = run.stdout.splitlines()
    return "\n".join(logged), json.loads(said)


def _patch_a_copy(folder: Path) -> None:
    package = folder / "bank_sim"
    shutil.copytree(Path(bank_sim.sdk.__file__).parent, package / "sdk", ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").touch()
    with (package / "sdk" / _PATCHED_FILE).open("a") as file:
        file.write(_PATCH)


def _pem(key: PrivateKey) -> str:
    return key.to_pem(b"between two processes").decode()
