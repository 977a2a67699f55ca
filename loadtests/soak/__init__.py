"""Soak: ten minutes of ordinary traffic, with bad calls among it, and the memory and file handles of every process.

    traffic    who calls meanwhile: an application of the load tests' own, strangers, a user at the wallet
    sampling   what the system says of each process, every few seconds
    trend      the slope of these samples, robust against outliers, and what is too much of it

``python -m loadtests.soak`` (JR/T 0185 10.1.1, 10.1.2).
"""
