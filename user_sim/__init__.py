"""The user: people, their phones, and a headless driver of their browsers.

It knows bank and application as a user does: by addresses, pages and messages. Of the bank's published SDK it uses
what a bank publishes for phones: the design of pages, the line of its app (``device``), and the sandbox's clock.
"""
