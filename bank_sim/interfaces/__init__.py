"""The life of an interface, version by version, from its design to the archive (JR/T 0185 7.1, 10.3, 11, 12.1, B).

    states        which step follows from which state, and the history of all steps
    steps         what each step does, in one transaction
    guards        the check table of what must hold before a step is taken
    platform      identifiers given out, looked up, given back
    audits        code security audits        plans       change plans with the way back
    concerned     who is concerned, read off the access log, the grants and the consents
    notices       who was told, when, and that they have seen it
    agreements    what bank and application sign about the end of a service
    description   what a version promises, and that it still does
    archive       what is kept of it for good
    watching      what falls due: reminders of an end, and an eye on published descriptions

``registry.lives`` holds the states and tells every process at once. Nothing here knows HTTP or pages.
"""

from bank_sim.interfaces import agreements, archive, audits, notices, plans, platform, states
from bank_sim.interfaces.founding import found
from bank_sim.interfaces.guards import DEFENCES
from bank_sim.interfaces.steps import Interfaces
from bank_sim.interfaces.watching import duties
from bank_sim.registry import lives

SCHEMA = "".join(each.SCHEMA for each in (lives, states, platform, audits, plans, notices, agreements, archive))

__all__ = ["DEFENCES", "SCHEMA", "Interfaces", "duties", "found"]
