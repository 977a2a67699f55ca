"""Whether the interface exists, takes this method and has this version. What is not in the catalogue does not."""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.sdk.protocol import problems


def interface(call: Call) -> None:
    """API_NOT_FOUND, or METHOD_NOT_ALLOWED with the methods that the path takes."""
    if call.route is None:
        raise problems.API_NOT_FOUND.problem()
    if call.api is None:
        raise problems.METHOD_NOT_ALLOWED.problem(allow=sorted(call.route.methods))


def version(call: Call) -> None:
    """API_VERSION_REQUIRED, API_VERSION_UNKNOWN."""
    versions = call.known_api.versions
    asked = call.headers.get("x-api-version")
    if asked is None:
        raise problems.API_VERSION_REQUIRED.problem(f"Send X-API-Version: {versions[-1]}.")
    if asked not in versions:
        raise problems.API_VERSION_UNKNOWN.problem(f"There is: {', '.join(versions)}.")
