"""The application party (应用方): Lumen Wallet 微光钱包, a small web app that is not the bank.

``bank`` is its only door to the bank. ``wallet`` puts the parts together, ``pages`` shows them, ``founding`` prepares
a wallet for registration. It keeps nicknames, masked account numbers, sealed tokens and sealed keys, and nothing else
of its users (JR/T 0185 9.3.3).
"""
