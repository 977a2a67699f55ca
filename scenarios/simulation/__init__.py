"""Deterministic simulation: bank, wallet, phones, people and attackers in one process, played from one seed.

    chance       one seed for every source of randomness         foundation   what each run begins with
    instants     virtual time                                    town         everybody, on one wire
    turns        who runs, one at a time                         townsfolk    honest people
    wire         what is under way                               rogue        a hostile application
    serving      a letter, handed to a web application           wiretap      a hostile network
    bank_party   the bank, which may die at any transaction      meaning      what people meant with their money
    app_parties  the wallet and the phones                       invariants   what must hold whatever happens
    starts       what is compiled and stretched once             play         the steps, one run, the shortest prefix

The parties are the real ones; of the network only TLS is left out. Nothing here is imported by them.
"""
