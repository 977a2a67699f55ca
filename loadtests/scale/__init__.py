"""Scale: what a call costs where there are a thousand accounts and where a million, with an empty log and a long one.

    accounts    fills a bank at rest with customers and accounts, whose books balance
    records     fills its access log, whose chain holds, and has the monitor take it in
    comparing   two banks side by side, the same calls at each in turns, processor time against processor time

``python -m loadtests.scale`` prints the ratios (JR/T 0185 7.3.3, 10.1.1).
"""
