"""The catalogue of refusals: RFC 9457 problem details, one line each.

    Problem                 raised anywhere, rendered in one place per party
    └─ Kind                 a line of the catalogue: code, HTTP status, meaning, whether a retry is safe

Every party raises ``KIND.problem(...)`` and nothing else for input it refuses. The public ``detail``
may say what to mend; ``reason`` is for the party's own log and never leaves it (JR/T 0185 7.1-7).

The lines stand in the modules below by who is refused what; everybody takes them from here.
"""

# ruff: noqa: I001 - in the order of the document that lists them

from bank_sim.sdk.protocol.problems.kinds import CATALOGUE as CATALOGUE
from bank_sim.sdk.protocol.problems.kinds import Kind as Kind
from bank_sim.sdk.protocol.problems.kinds import Problem as Problem
from bank_sim.sdk.protocol.problems.messages import *  # noqa: F403 - every line is everybody's
from bank_sim.sdk.protocol.problems.authorization import *  # noqa: F403
from bank_sim.sdk.protocol.problems.offices import *  # noqa: F403
from bank_sim.sdk.protocol.problems.applications import *  # noqa: F403
