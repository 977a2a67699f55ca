"""A registered application has stolen another one's signing key, and shows its own certificate, having no other."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.problems import Problem
from scenarios.outcome import outcome
from scenarios.partner import Admitted, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text
from scenarios.tls_identity import TlsIdentity


@scenario(
    "certificate-of-another",
    kind="attack",
    clauses=("7.2.1-a-2.1", "9.2.1-a-2.2", "9.3.2-1.1.1"),
    summary_en="A rival signs with a shop's stolen key over a channel that shows the rival's own valid certificate.",
    summary_zh="另一应用方以盗得的签名密钥冒用他方App_ID，而TLS通道出示的是其自身的有效证书。",
    defence=Defence("client_certificate", "ATK-ID-04", 401, "CERT_APP_MISMATCH", "data", alarm="CERTIFICATE_BORROWED"),
)
def certificate_of_another(stage: Stage) -> Attempt:
    """The signing key leaked from a dump of the shop's memory; its TLS key lies in hardware and did not.

    Tried at the gateway first, then at the authorization server, where the bank keeps what it has to tell the shop.
    """
    with TemporaryDirectory(prefix="certificates-") as folder:
        shop, rival = (_certified(stage, name, Path(folder)) for name in ("shop", "rival"))
        shop.linked(stage.customer_of(shop, stage.user))
        stage.attack_begins()
        if rival.admitted.certificate is None:
            raise LookupError("the rival has no certificate")
        thief = shop.with_certificate(rival.admitted.certificate)
        at_the_gateway = outcome(lambda: thief.call("products.list", "GET", "/api/products"))
        claim = Text("the gateway takes no foreign certificate", "网关不接受他方证书")
        stage.require(at_the_gateway == "CERT_APP_MISMATCH", claim, at_the_gateway)
        try:
            events = thief.events_after(0)
        except Problem as problem:
            return refused(problem)
    told = ", ".join(f"{each.type} of {each.subject}" for each in events)
    return Attempt(200, read=f"what the bank tells the shop: {told}" if events else None)


def _certified(stage: Stage, name: str, folder: Path) -> Partner:
    """A registered application whose channel shows a certificate that the bank has signed."""
    world, suite = stage.world, stage.world.plan.suite
    name = f"{name}-{stage.user.person_id}"
    identity = TlsIdentity(folder, name)
    signing, opening = generate(suite, "sig"), generate(suite, "enc")
    document = {
        "name": name,
        "suite": suite,
        "redirect_uris": [f"https://{name}.localhost/callback"],
        "apis": "payments",
        "jwks": {"keys": [signing.public.jwk(), opening.public.jwk()]},
        "certificate_request_pem": identity.request(),
    }
    credentials = world.control.register(document)
    certificate = identity.keep(credentials["certificate_pem"])
    stage.wire.entrusted.give(identity.path, identity.passphrase)
    admitted = Admitted(credentials, signing, opening, certificate)
    partner = Partner(name, suite, world.addresses, world.control, world.authority, admitted)
    stage.closing.callback(partner.close)
    return partner
