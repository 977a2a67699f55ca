"""The supervision of application parties, from their going live to their exit (JR/T 0185 9.3.5, 9.4, 10.2 to 10.4).

    tasks        what one owes the other by a date         supervisor   what both sides do about it, judged by a table
    watching     what follows when a date passes           reports      how the business goes, by month and by day
    ratings      the risk grade, and the limits from it
    states       the states of an exit                     leaving      what each of its steps does
    guards       THE table of what must hold before one    notices      who of the users was told
    voiding      what an exit takes away, all at once
    witnessing   the bank's log and an application's journal, each countersigned by the other
    evidence     asks an application for its records when an incident is looked into; testimony: what they are worth
    archive      what stays on record                      playbook     what the bank does by itself upon an alarm

It judges and records; it shows nothing, and knows no HTTP. Faces call ``bank.supervisor``, ``bank.exits``,
``bank.app_limits``.
"""

from functools import partial

from bank_sim.duties import Duty
from bank_sim.events import Events
from bank_sim.policy import Policy
from bank_sim.registry.standing import Standings
from bank_sim.supervision import (
    archive,
    evidence,
    guards,
    notices,
    ratings,
    reports,
    states,
    supervisor,
    tasks,
    testimony,
    voiding,
    watching,
    witnessing,
)
from bank_sim.supervision.playbook import Playbook
from bank_sim.supervision.reports import Agreed

SCHEMA = "".join(each.SCHEMA for each in (states, notices, archive, tasks, ratings, reports, evidence))

DEFENCES = guards.DEFENCES | supervisor.DEFENCES | testimony.DEFENCES | witnessing.DEFENCES | voiding.DEFENCES
"""The rows that a training run may leave out."""

__all__ = ["DEFENCES", "SCHEMA", "duties"]


def duties(policy: Policy, events: Events, standings: Standings, agreed: Agreed) -> list[Duty]:
    """Everything of supervision that time brings about."""
    return [
        *Playbook(policy, standings).duties(),
        *watching.duties(policy, events, standings, agreed),
        Duty("evidence that did not come", partial(evidence.miss, policy)),
    ]
