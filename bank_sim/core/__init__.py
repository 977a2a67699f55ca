"""Business systems of the bank (JR/T 0185 figure 1, below the API service layer): customers, accounts, books, payments.

Reached by the name of an operation through ``bank_sim.corelink`` and in no other way. Knows nothing of HTTP, tokens
or consents: whose account a caller may see has been settled before the core is asked.
"""
