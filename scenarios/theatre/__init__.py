"""The theatre: what passes between the parties, drawn as it happens, for people who never saw the standard.

A *recording* is a run as a document of events. A running sandbox is a recording that grows, a scenario played in a
world of its own is one that ends; pages, stream and export show recordings and know of nothing else. The theatre reads
the parties' traces from outside. It must not take part: no message between the parties depends on it.
"""
