"""Events to applications: what happened to their consents, keys, interfaces and themselves (JR/T 0185 10.4).

An event is written in the transaction of what it tells about, so neither exists without the other. Delivery is at least
once, signed by the bank, in order for each application, and one application's trouble is not another's. An event holds
no personal data: it names things by identifiers that the application knows, and whoever wants more asks the interfaces.
"""

from bank_sim.events import endpoints, log, probes
from bank_sim.events.destinations import DEFENCES
from bank_sim.events.endpoints import Endpoint, endpoint_of, subscribe, unsubscribe
from bank_sim.events.log import Events, Selection
from bank_sim.events.model import Attempt, Event, EventState, EventType

__all__ = [
    "DEFENCES", "SCHEMA", "Attempt", "Endpoint", "Event", "EventState", "EventType", "Events", "Selection",
    "endpoint_of", "subscribe", "unsubscribe",
]  # fmt: skip

SCHEMA = log.SCHEMA + endpoints.SCHEMA + probes.SCHEMA
