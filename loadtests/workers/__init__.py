"""Several gateway processes on one SQLite file: whatever many of them do at once comes out as if one had done it.

    rush        the same or many messages at all workers at the same moment
    exactness   nonces, tokens, idempotency keys, quotas, money, records: what may happen once happens once
    losses      a worker is killed, a bank is told to stop: what was answered stands

``python -m loadtests.workers`` (JR/T 0185 7.2.2, 7.3.3, 10.1.2).
"""
