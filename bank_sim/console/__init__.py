"""The console's listener."""

from flask import Flask

from bank_sim.bank import Bank


def create_app(bank: Bank) -> Flask:
    """The console as a web application of its own."""
    return Flask("bank_sim.console", static_folder=None)
