"""The API service layer of JR/T 0185 (clause 5, figure 1): every call of a published interface passes here.

    app        the web application; one handler for whatever comes
    call       the facts established so far about one call
    pipeline   the path of one call: a table of checks, in order
    checks     the checks, independent of each other
    exchange   what follows when all hold: the core's operation, once, recorded
    composing  from the units of the inside to the shapes of the wire
    answers    the answer as bytes: problem+json, digest, signature; discretion: what a refusal does not tell
    records    the access record
    openapi    the published description, made from the same catalogue

No business logic and no SQL: the core is reached through ``corelink``, everything else through the parts of the bank.
"""

from bank_sim.gateway import discretion, pipeline
from bank_sim.gateway.app import create_app

DEFENCES = pipeline.DEFENCES | discretion.DEFENCES
"""The rows of the gateway's tables that a training run may leave out."""

__all__ = ["DEFENCES", "create_app"]
