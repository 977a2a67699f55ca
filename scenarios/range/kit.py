"""What a player gets to begin with: ``kit.json`` of the present scene, and a folder to start from.

The folder holds no state of a scene, only the way to it, so that it serves for as long as the player's token does.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.texts import Text

if TYPE_CHECKING:
    from scenarios.range.challenge import Challenge
    from scenarios.range.scenes import Scene
    from scenarios.world import World

KEYS_PASSPHRASE = b"kit"
DOCS = Path(__file__).parents[2] / "docs"
_SCRIPT = '''"""Your script. Run it with the Python that has bank-api-sandbox installed:  python {name}.py"""

from pathlib import Path

from scenarios.range.attacker import Attacker

me = Attacker(Path(__file__).parent)
stolen = me.stolen
{start}
'''
_README = Text(
    """# {title}

{story}

**Target.** {target}

In bounds: the gateway {gateway}, the bank's pages {pages}, the wallet {wallet}. Everything else of this machine is out
of bounds: the phones, the control listener, files.

- `{name}.py` is a script to start from; it asks the range for what was stolen.
- `access.json` says where the range is, with a token that is yours alone. `ca.pem` are the authorities to trust.
- `wire.md` is the bank's documentation of its interfaces, `events.md` and `keys.md` go with it.
- `me.again()` sets a fresh scene with another victim; `me.ask()` asks the victim, where one is on the telephone.
""",
    """# {title}

{story}

**目标：**{target}

可用范围：网关{gateway}、银行页面{pages}、钱包{wallet}。本机的其他一切（手机、控制端口、文件）都不在范围内。

- `{name}.py`是起步脚本，会向靶场索取“战利品”。
- `access.json`写明靶场地址和您个人的令牌；`ca.pem`是需要信任的证书颁发机构。
- `wire.md`是银行的接口文档，另附`events.md`和`keys.md`。
- `me.again()`换一位受害者重新布置场景；`me.ask()`向电话中的受害者询问（如果有的话）。
""",
)


def document(challenge: Challenge, world: World, scene: Scene) -> dict[str, Any]:
    """``kit.json``: addresses, the player's application with its keys, what was stolen."""
    addresses = world.addresses
    return {
        "challenge": challenge.name,
        "suite": world.plan.suite,
        "gateway": addresses.gateway,
        "pages": addresses.pages,
        "wallet": addresses.wallet,
        "authorization_endpoint": addresses.authorization_endpoint,
        "application": _application(scene),
        "stolen": scene.stolen,
        "may_ask": scene.ask is not None,
    }


def script(challenge: Challenge) -> str:
    """The Python program that a player starts from."""
    return _SCRIPT.format(name=challenge.name, start=challenge.start)


def _application(scene: Scene) -> dict[str, Any] | None:
    app = scene.app
    if app is None:
        return None
    known = {
        "app_id": app.app_id,
        "app_secret": app.admitted.credentials["app_secret"],
        "bank_jwks": app.admitted.credentials["bank_jwks"],
        "redirect_uri": app.redirect_uri,
        "host": app.host,
    }
    if not scene.keys:
        return known
    keys = {
        "signing_key_pem": app.keys.signing.to_pem(KEYS_PASSPHRASE).decode(),
        "opening_key_pem": app.keys.opening.to_pem(KEYS_PASSPHRASE).decode(),
        "keys_passphrase": KEYS_PASSPHRASE.decode(),
    }
    return known | keys


def folder(challenge: Challenge, world: World, origin: str, token: str, authorities: str, language: str) -> bytes:
    """The folder as a zip archive. ``authorities``: the certificates (PEM) of the range and of the player's world."""
    addresses = world.addresses
    said = _README.in_(language).format(
        title=challenge.title.in_(language),
        story=challenge.story.in_(language),
        target=challenge.target.in_(language),
        gateway=addresses.gateway,
        pages=addresses.pages,
        wallet=addresses.wallet,
        name=challenge.name,
    )
    files = {
        "README.md": said,
        f"{challenge.name}.py": script(challenge),
        "access.json": json.dumps({"range": origin, "token": token}, indent=2),
        "ca.pem": authorities,
        **{each: (DOCS / each).read_text() for each in ("wire.md", "events.md", "keys.md")},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{challenge.name}/{name}", content)
    return packed.getvalue()
