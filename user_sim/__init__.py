"""The user: people, their phones, and a headless driver of their browsers.

It knows bank and application as a user does: by addresses, pages and messages. Only the phone's clock comes from the
bank's published SDK, so that its time stamps follow the sandbox's virtual time.
"""
