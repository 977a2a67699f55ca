"""``bank-sandbox app``: how a partner's developer gets credentials for a client of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from scenarios.commands import options

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("app", short_help="Register an application of your own at the running bank.")
def command() -> None:
    """Register an application of your own at the running bank."""


@command.command()
@click.argument("name")
@options.home
@click.option("--name-zh", metavar="NAME", help="Its Chinese name, for the bank's Chinese pages.")
@click.option(
    "--suite", type=click.Choice(["gm", "intl"]), help="Cryptography; the public key's own by default, else gm."
)
@click.option("--public-key", type=FILE, help="Public key that verifies your signatures: PEM or JWK.")
@click.option(
    "--sealing-key", type=FILE, help="Public key that sensitive answers are sealed to: PEM or JWK, another one."
)
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Where users come back to; may be repeated.")
@click.option("--events-url", help="Where the bank posts its events: of the same origin as a redirect URI.")
@click.option("--sdk-attested", is_flag=True, help="Let A2 calls come from a published build of the bank's SDK only.")
@click.option("--csr", type=FILE, help="Certificate request, for a TLS client certificate of the bank's authority.")
@click.option("--api", "apis", multiple=True, help="An API_ID to be granted; may be repeated. By default all of them.")
@click.option(
    "--direct", metavar="ASSESSMENT", help="Call A2 without the bank's SDK, under this risk assessment (JR/T 0185 6.2)."
)
@options.as_json
def register(
    name: str,
    home: Path,
    name_zh: str | None,
    suite: str | None,
    public_key: Path | None,
    sealing_key: Path | None,
    redirect_uris: tuple[str, ...],
    events_url: str | None,
    sdk_attested: bool,
    csr: Path | None,
    apis: tuple[str, ...],
    direct: str | None,
    as_json: bool,
) -> None:
    """Register application NAME; prints App_ID and, this once, App_Secret.

    \b
    A key pair of each suite, with the openssl command line:
      openssl genpkey -algorithm SM2 -out sig.pem && openssl pkey -in sig.pem -pubout -out sig.pub
      openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out sig.pem

    \b
    Examples:
      bank-sandbox app register shop --public-key sig.pub --sealing-key enc.pub --redirect-uri https://localhost/cb
      bank-sandbox app register reader --api products.list --api rates.list --json
    """
    from scenarios.home import Home
    from scenarios.running import control_of, facts_of

    keys = [_jwk(path, use) for path, use in ((public_key, "sig"), (sealing_key, "enc")) if path is not None]
    registration: dict[str, Any] = {
        "name": name,
        "name_zh": name_zh,
        "suite": suite or _suite_of(keys),
        "redirect_uris": list(redirect_uris),
        "events_url": events_url,
        "sdk_attested": sdk_attested,
        "jwks": {"keys": keys},
        "apis": list(apis) or "payments",
        "integration_mode": "server-direct" if direct else "server-sdk",
        "direct_assessment": direct,
    }
    if csr is not None:
        registration["certificate_request_pem"] = _text(csr)
    with control_of(home) as control:
        credentials = control.register(registration)
    addresses = facts_of(home)["urls"]
    given = {
        "keys": _uses(credentials["keyids"], keys, registration["suite"]),
        "suite": registration["suite"],
        "gateway_url": addresses["gateway"],
        "control_url": addresses["control"],
        "authorization_endpoint": f"{addresses['pages']}/authorize",
        "ca_certificate": str((Home(home).authority / "ca.crt").absolute()),
    }
    _tell(credentials | given, as_json)


def _jwk(path: Path, use: str) -> dict[str, Any]:
    """A public key file as a JWK with its use; private halves are refused before they leave this machine."""
    from bank_sim.sdk.protocol.keypairs import public_from_pem
    from bank_sim.sdk.protocol.problems import Problem

    content = path.read_bytes()
    try:
        if b"PRIVATE KEY" in content:
            raise ValueError("this is a private key; hand in the public half only")
        if content.lstrip().startswith(b"{"):
            jwk: dict[str, Any] = json.loads(content)
        else:
            jwk = dict(public_from_pem(content, use).jwk())  # type: ignore[arg-type]
    except (ValueError, Problem) as error:
        detail = error.detail if isinstance(error, Problem) else str(error)
        raise click.BadParameter(f"{path}: {detail}") from error
    if "d" in jwk:
        raise click.BadParameter(f"{path} holds a private key; hand in the public half only.")
    return jwk | {"use": use}


def _text(path: Path) -> str:
    """A file's content, where it is text; what is none is no certificate request either."""
    return path.read_bytes().decode("ascii", "replace")


def _suite_of(keys: list[dict[str, Any]]) -> str:
    return "intl" if any(each.get("crv") == "P-256" for each in keys) else "gm"


def _uses(keyids: list[str], offered: list[dict[str, Any]], suite: str) -> list[dict[str, str]]:
    """What each credential is for.

    ``sig`` and ``enc`` as offered; ``mac`` is the secret; ``assertion`` a key of another algorithm than the suite's,
    which only proves who asks for tokens (RFC 7523). One that was not offered is the certificate's own: it signs.
    """
    from bank_sim.sdk.protocol.keypairs import PublicKey
    from bank_sim.sdk.protocol.rsa_keys import assertion_key_from_jwk

    use_of = {"secret": "mac"}
    for key in map(assertion_key_from_jwk, offered):
        of_suite = isinstance(key, PublicKey) and key.suite == suite
        use_of[key.kid] = key.use if of_suite else "assertion"
    return [{"keyid": each, "use": use_of.get(each.partition(".")[2], "sig")} for each in keyids]


def _tell(credentials: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(credentials))
        return
    click.echo(f"App_ID      {credentials['app_id']}")
    if credentials.get("app_secret"):
        click.echo(f"App_Secret  {credentials['app_secret']}   (shown this once)")
    for key in credentials["keys"]:
        click.echo(f"keyid       {key['keyid']}   ({key['use']})")
    click.echo(f"Gateway     {credentials['gateway_url']}")
    click.echo(f"CA          {credentials['ca_certificate']}")
    if credentials["certificate_pem"]:
        click.echo(f"\nYour TLS client certificate:\n{credentials['certificate_pem']}", nl=False)
