"""The published builds of the bank's SDK, for everybody: which may be used, and the signed manifest of each.

GET /sdk                       the builds, and how an application checks its own
GET /sdk/<fingerprint>.json    the manifest, signed with the bank's key in force
"""

from __future__ import annotations

import msgspec
from flask import Response

from bank_sim.portal.rendering import page
from bank_sim.portal.visit import Visit
from bank_sim.sdk.manifest import sign

_CHECK = """from pathlib import Path

import bank_sim.sdk, msgspec
from bank_sim.sdk.manifest import SignedManifest, require_published, require_unaltered
from bank_sim.sdk.protocol.keypairs import public_from_jwk

signed = msgspec.json.decode(Path("sdk.json").read_bytes(), type=SignedManifest)
key = next(each for each in bank_jwks["keys"] if each["kid"] == signed.keyid)
require_published(signed, public_from_jwk(key))
require_unaltered(Path(bank_sim.sdk.__file__).parent, signed.manifest)"""


def show_list(visit: Visit) -> Response:
    bank = visit.premises.bank
    return page(visit, "sdk", releases=bank.releases.listed(), minimum=bank.releases.minimum(), check=_CHECK)


def show_manifest(visit: Visit, fingerprint: str) -> Response:
    """RESOURCE_NOT_FOUND. Signed anew each time, so that a manifest never outlives the key that vouches for it."""
    bank = visit.premises.bank
    signed = sign(bank.releases.find(fingerprint).manifest, bank.keys.signing(bank.config.suite))
    headers = {"Content-Disposition": f'attachment; filename="sdk-{signed.version}.json"'}
    return Response(msgspec.json.encode(signed), content_type="application/json", headers=headers)
