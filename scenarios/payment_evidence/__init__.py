"""The evidence of one payment, for somebody who was not there and has no database (JR/T 0185 7.2.2, 12.3).

    package    the form of it: one JSON document
    building   put together from what both parties keep, offline and read-only
    verifying  judged part by part, from the document alone
    texts      what each part says when it holds, in two languages

Whoever verifies need not believe whoever built it: all that counts bears a signature of the bank's, the application's
or the payer's phone, or hangs below one.
"""
