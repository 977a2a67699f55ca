"""What the staff can do, by what it is done to. Each deed runs inside the transaction of its journal entry.

A deed says what it is about to change (``…_facts``) and changes it. Whether it may be done is the staff's check table's
to say, and asked before any function here runs.
"""
