"""The crowd for Locust's own command: web interface, workers on further processors. ``docs/load.md`` tells how.

``bank-sandbox load PROFILE --by-hand`` prepares a bank and prints the commands, in short::

    locust -f loadtests/locustfile.py --prepared FILE --web-host 127.0.0.1

Locust takes every user class and the shape that it finds here; which of them come is for the prepared profile to say.
"""

from __future__ import annotations

from loadtests.crowd import hooks as hooks
from loadtests.crowd.loud import Flooding, Storming
from loadtests.crowd.offenders import Attacking, Careless
from loadtests.crowd.people import Browsing, Paying, Sale, Saving
from loadtests.crowd.shape import ProfileShape

__all__ = [
    "Attacking", "Browsing", "Careless", "Flooding", "Paying", "ProfileShape", "Sale", "Saving", "Storming",
]  # fmt: skip
