"""Subscriptions: events from the ledger, as they happen or from a cursor on, to who may see them.

One follower reads the ledger for all of them. A subscription is prepared by the same pipeline as
every other document, and prepared anew from its own cursor when rights or types change.
"""
