"""Endurance: parties die at any moment of a payment, disks fail, clocks jump; afterwards every yuan is accounted for.

    accidents   what may happen, drawn from a seed
    striking    carries an accident out, and starts again whoever died of it
    paying      one payment at the wallet, by a user who reloads pages and looks again, with an accident in the middle
    aftermath   what the parties' files say afterwards, and what does not agree

``python -m loadtests.endurance`` (JR/T 0185 9.3.3, 10.1.2-1.3.2).
"""
