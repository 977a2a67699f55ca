"""What the bank publishes for application parties; it imports nothing else of the bank.

``server`` is where to start: the client for application servers, with a first signed call in its docstring. ``clock``
tells it the time, ``manifest`` describes a published build, and ``protocol`` holds the rules of the wire, which the
bank itself follows too.
"""
