"""The bank's risk engine: every payment is judged before it is posted, and what is doubtful is looked at (10.2.3).

    rules.toml   what makes a payment risky, as data: read it first
    rules        the rules as values; a file that cannot be read is refused at start
    measures     what a rule can ask about a payment, each by an index
    judging      THE table of what a decision leads to, and the decision on record
    cases        what people of the bank do about a hit: take, note, release, refuse, close
    reports      what the authority is told: large values of a day, suspicions
    listing      accounts that take no part in payments any more
    watching     alarms, dates that pass

The core asks it through ``corelink.Judge`` and knows nothing of it. It moves no money itself and knows no HTTP.
"""

from bank_sim.risk import cases, decisions, judging, listing, reports
from bank_sim.risk.judging import Risk
from bank_sim.risk.watching import duties

SCHEMA = "".join(each.SCHEMA for each in (decisions, cases, listing, reports))

DEFENCES = judging.DEFENCES
"""The rows that a training run may leave out."""

__all__ = ["DEFENCES", "SCHEMA", "Risk", "duties"]
