"""The portal's listener."""

from flask import Flask

from bank_sim.bank import Bank


def create_app(bank: Bank) -> Flask:
    """The portal as a web application of its own."""
    return Flask("bank_sim.portal", static_folder=None)
