"""The supervision of application parties, from their going live to their exit (JR/T 0185 9.3.5, 9.4, 10.2 to 10.4).

    tasks        what one owes the other by a date         supervisor   what both sides do about it, judged by a table
    watching     what follows when a date passes           reports      how the business goes, by month and by day
    ratings      the risk grade, and the limits from it
    states       the states of an exit                     leaving      what each of its steps does
    guards       THE table of what must hold before one    notices      who of the users was told
    archive      what stays on record

It judges and records; it shows nothing, and knows no HTTP. Faces call ``bank.supervisor``, ``bank.exits``,
``bank.app_limits``.
"""

from bank_sim.supervision import archive, guards, notices, ratings, reports, states, supervisor, tasks
from bank_sim.supervision.watching import duties

SCHEMA = "".join(each.SCHEMA for each in (states, notices, archive, tasks, ratings, reports))

DEFENCES = guards.DEFENCES | supervisor.DEFENCES
"""The rows that a training run may leave out."""

__all__ = ["DEFENCES", "SCHEMA", "duties"]
