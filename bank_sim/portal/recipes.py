"""An exchange as something to take away: the very message for curl, the same call in Python on the bank's SDK.

The Python text names files of the credentials that registration handed out, never a secret itself.
"""

from __future__ import annotations

import shlex
from urllib.parse import parse_qsl

from bank_sim.portal.composing import Message
from bank_sim.portal.exchange import pretty
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.sm2 import USER_ID
from bank_sim.sdk.protocol.strict_base64 import from_base64url
from bank_sim.sdk.protocol.suites import GM

# curl writes these itself.
_OWN_HEADERS = frozenset({"Host"})


def curl(message: Message) -> str:
    """A shell command that sends this very message. It serves once, and within the window of its ``created``."""
    lines = [
        f"curl --cacert ca.crt -i -X {message.method} {shlex.quote(f'https://{message.authority}{message.target}')}"
    ]
    lines += [
        f"  -H {shlex.quote(f'{name}: {value}')}" for name, value in message.headers.items() if name not in _OWN_HEADERS
    ]
    if message.body:
        lines.append(f"  --data-binary {shlex.quote(message.body.decode('utf-8', 'replace'))}")
    return " \\\n".join(lines)


def python(message: Message) -> str:
    """The same call on the SDK, as the last lines of the handbook's first program."""
    order = message.order
    arguments = [f'"{order.name}", "{order.method}", "{order.path}"']
    arguments += [f"query={dict(order.query)!r}"] if order.query else []
    arguments += [f"body={dict(order.members)!r}"] if order.members is not None else []
    arguments += [f"sealed={dict(order.sealed)!r}"] if order.sealed else []
    arguments += ["token=access_token"] if order.token else []
    arguments += [f'idempotency_key="{order.idempotency_key}"'] if order.idempotency_key else []
    arguments += ["with_secret=True"] if order.with_secret else []
    inside = ",\n    ".join(arguments)
    return f"answer = bank.call(\n    {inside},\n)\nprint(answer.data)"


def signing(message: Message) -> str:
    """How the base is signed with a key of one's own, for a message that waits for it.

    openssl encodes as gm wants it; intl wants raw r ‖ s, which takes a few lines more.
    """
    if message.party.suite == GM.name:
        return (
            f"openssl dgst -sm3 -sign sig.pem -sigopt distid:{USER_ID.decode()} base.txt | openssl base64 -A"
            f"\n# sig.pem: the private half of {message.keyid}"
        )
    use = f'load_private(Path("sig.pem").read_bytes(), passphrase, "sig")  # {message.keyid}'
    return "\n".join(
        (
            "from base64 import b64encode",
            "from getpass import getpass",
            "from pathlib import Path",
            "",
            "from bank_sim.sdk.protocol.keypairs import load_private",
            "",
            'passphrase = getpass("Passphrase of sig.pem: ").encode()',
            f"key = {use}",
            'base = Path("base.txt").read_bytes().rstrip(b"\\n")  # the block above, saved',
            "print(b64encode(key.sign(base)).decode())",
        )
    )


def assertion(message: Message) -> str:
    """Header and claims of the client assertion in an OAuth request; "" where there is none."""
    if message.order.form is None:
        return ""
    text = dict(parse_qsl(message.body.decode("ascii", "replace"))).get("client_assertion", "")
    try:
        parts = [strict_json.parse_object(from_base64url(part)) for part in text.split(".")[:2]]
    except (ValueError, Problem):
        return ""
    return "\n".join(pretty(part) for part in parts)
