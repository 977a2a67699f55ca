"""The attack range: people who learn by attacking, and by finding an attack, each in a sandbox of their own.

    challenge   one challenge as data: story, target, hints, clauses, mitigation; ``challenges/*.toml`` are all
    scenes      what happened before the player comes: a victim's honest traffic, and what was stolen from it
    detecting   whether a challenge is solved, read off the world's books and log, never taken from what a player says
    defending   the other half: a world in which one attack was played among honest traffic, to be found and graded
    worlds      one running sandbox for each player who needs one: started on demand, bounded, stopped when idle
    book        who plays, with which code, and how far they are: one SQLite file that outlives the worlds
    ground      the rules of the game: what solving is worth, what counts, who stands where
    kit         what a player gets to begin with; ``attacker`` is the client that their script starts from
    serving     the pages' listener; ``app`` and the ``*_pages`` are the faces, which hold no SQL

A challenge has the attack of ``scenarios.registry`` behind it, so that none is unsolvable. Nothing here may tell a
player which defence is off before they have got round it.
"""
