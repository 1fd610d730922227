"""Keeps the state of one instance true to its server: reads the stream, connects again after a loss, fetches what the stream did not say.

Everything here runs on the home loop.
"""
