"""The authorization server's metadata (RFC 8414): what a standard client configures itself from. Public, unsigned."""

from __future__ import annotations

from typing import Any

from bank_sim.authserver.grants import GRANTS
from bank_sim.bank import Bank

_ASSERTION_ALGORITHMS = ["ES256", "PS256", "SM2"]
# RFC 8705 section 2.1 leaves it to the server how it knows a certificate: here by the fingerprint registered.
_AUTH_METHODS = ["private_key_jwt", "tls_client_auth"]


def metadata(bank: Bank) -> dict[str, Any]:
    issuer = bank.config.gateway_url
    document: dict[str, Any] = {
        "issuer": issuer,
        "authorization_endpoint": f"{bank.config.pages_url}/authorize",
        "pushed_authorization_request_endpoint": f"{issuer}/oauth/par",
        "require_pushed_authorization_requests": True,
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        # OpenID Federation 1.0 section 5.2.1; ?suite= chooses whose keys.
        "signed_jwks_uri": f"{issuer}/.well-known/jwks.jwt",
        "scopes_supported": sorted(bank.catalogue.by_id),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "code_challenge_methods_supported": ["S256"],
        "authorization_details_types_supported": ["account_information", "payment"],
        "authorization_response_iss_parameter_supported": True,
        "tls_client_certificate_bound_access_tokens": True,
        "ui_locales_supported": ["zh", "en"],
    }
    for endpoint, purpose in (("token", "token"), ("revocation", "revoke"), ("introspection", "introspect")):
        document[f"{endpoint}_endpoint"] = f"{issuer}/oauth/{purpose}"
        document[f"{endpoint}_endpoint_auth_methods_supported"] = _AUTH_METHODS
        document[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] = _ASSERTION_ALGORITHMS
    return document
