"""The standard as data: its 232 requirements, the attacks on it, and what in this project answers each.

``clauses.csv``     the requirements; ``attacks.csv`` the attacks, each with the requirements it is aimed at
``exceptions.csv``  the requirements that nothing here shows, each with the reason
``sources``         what tables, scenarios, tests, docstrings and documents say by themselves of requirements
``answers``         all of that for each requirement, and how it stands: shown, documented, excepted or open
``evidence``        what a run left: plays with claims and records, verified books and chains, results of tests
``components``      what of others is admitted, and ``advisories`` that concern it
``dossier``         the report's data: each requirement with its verdict and the evidence behind it; ``page`` draws it

Nothing is claimed by hand: what no source says does not stand in a report.
"""
