"""Watches, play by play, that what was trusted to one party does not lie with another, in whatever encoding.

    trust.py      who may hold which kind of value where, each exception with its reason
    verdict.py    what it came to, in a sentence
    watch.py      after each play: the values that are its people's, in every place there is
    search.py     one such search, and what it lets pass
    changes.py    of what was read, only what is new since the play before
    memory.py     the memory of a running process
    traffic.py    what crossed the wire, the application's and the browsers'
    unpacking.py  what lies packed in gzip, zlib or base64

How a value may be encoded is ``scenarios.canaries``' matter. Nothing here asks a party; it reads what they wrote.
"""
