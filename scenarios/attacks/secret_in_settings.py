"""A developer of the wallet lays App_Secret and a key beside its settings; somebody gets a copy of those files."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app_sim.vault import Vault
from scenarios.operations_desk import at_the_wallet
from scenarios.processes import Party
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from user_sim.http_browser import opener

_CODE = "SECRET_IN_CONFIG"
_PLACES = ("app.ini:2", "deploy.pem:1", ".env.dump:2", "layer.tar!srv/settings.py:1")


@scenario(
    "secret-in-settings",
    kind="attack",
    clauses=("7.3.4-2.1", "7.3.4-2.2", "9.3.5-2.1"),
    summary_en="App_Secret and a key lie in plain settings of the wallet; it refuses to start and names file and line,"
    " without the value. Where it does not look, whoever has a copy is the application at the portal.",
    summary_zh="鉴别密文与密钥明文存于钱包配置中：钱包拒绝启动并指出文件与行号（不显示取值）；若不检查，持有副本者即可冒充应用方登录。",
    defence=Defence("settings_hold_no_secret", "ATK-KEY-04", 409, _CODE, "data", witness="wallet"),
)
def secret_in_settings(stage: Stage) -> Attempt:
    """In four forms, as they are found in the wild: an ini file, a PEM, a dump of the environment, a layer of a
    container image. The thief has the files and no passphrase."""
    party = next(each.party for each in stage.world.parties if each.party.name == "app")
    folder = stage.world.home.party("app") / "deploy"
    secret = Vault(stage.world.home.party("app") / "keys", party.passphrase.encode()).fetch("app-secret").decode()
    desk = at_the_wallet(stage)
    stage.closing.callback(shutil.rmtree, folder)
    _laid_down(folder, secret)
    stage.attack_begins()
    status, code, page = desk.check_settings()
    if code is not None:
        _is_refused(stage, party, page, secret)
        return Attempt(status, code)
    stolen = (folder / "app.ini").read_text().partition("app_secret = ")[2].strip()
    inside = _at_the_portal(stage, stolen)
    return Attempt(status, read="what the portal shows the wallet's developers, by its App_Secret" if inside else None)


def _laid_down(folder: Path, secret: str) -> None:
    folder.mkdir()
    (folder / "app.ini").write_text(f"[bank]\napp_secret = {secret}\n")
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / "deploy.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / ".env.dump").write_text(f"LANG=C\nAPP_SECRET={secret}\n")
    layer = f'APP_SECRET = "{secret}"\n'.encode()
    with tarfile.open(folder / "layer.tar", "w") as layers:
        member = tarfile.TarInfo("srv/settings.py")
        member.size = len(layer)
        layers.addfile(member, io.BytesIO(layer))


def _is_refused(stage: Stage, party: Party, page: str, secret: str) -> None:
    """A start of the same wallet is refused before it touches anything: one line, and the value in none."""
    start = subprocess.run(
        [sys.executable, "-P", "-m", party.module, "--config", str(party.config)],
        input=party.passphrase, capture_output=True, text=True, check=False,
    )  # fmt: skip
    refused = Text(f"a start of the wallet is refused: {_CODE}", f"钱包启动被拒绝：{_CODE}")
    stage.require(start.returncode == 1 and "\n" not in start.stderr.strip(), refused, start.stderr[:200])
    for said, where in ((start.stderr, Text("the start", "启动提示")), (page, Text("the page", "运维页面"))):
        named = Text(f"{where.en} names every file and line", f"{where.zh}逐一指出文件与行号")
        stage.require(all(each in said for each in _PLACES), named, said[-600:])
        masked = Text(f"{where.en} shows no value", f"{where.zh}不显示密钥取值")
        stage.require(secret not in said, masked)


def _at_the_portal(stage: Stage, secret: str) -> bool:
    """Whether App_Secret opens the wallet's own page at the developer portal."""
    world, app_id = stage.world, stage.bank.wallet_app_id()
    browser = opener(world.authority)("computer", stage.languages, stage.on_visit)
    stage.closing.callback(browser.close)
    form = browser.open(f"{world.addresses.portal}/sign-in").form_with("app_id", "app_secret")
    assert form is not None, "the portal shows no sign-in"
    browser.submit(form, {"app_id": app_id, "app_secret": secret})
    return app_id in browser.open(f"{world.addresses.portal}/application").text
