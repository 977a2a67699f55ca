"""Whether the interface exists, takes this method, has this version, and whether its service still runs.

What is not in the catalogue does not exist. A version whose service has ended is still there for callers to be told so:
they are heard, recorded and answered like anybody else (JR/T 0185 11-3.2).
"""

from __future__ import annotations

from bank_sim.clock import rfc3339
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


def in_service(call: Call) -> None:
    """The baffle: SERVICE_TERMINATED with what to read and what to call instead."""
    life = call.life
    if life is None or life.state != "terminated":
        return
    instead = f"; call version {life.successor} instead" if life.successor else ""
    raise problems.SERVICE_TERMINATED.problem(
        f"The service of {life.api_id} version {life.version} has ended{instead}.",
        terminated_at=rfc3339((life.terminated_ms or life.changed_ms) / 1000),
        successor_version=life.successor,
        notice=f"{call.bank.config.portal_url}/notices",
    )
