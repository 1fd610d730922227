"""Secrets, in every spelling, whole and in pieces."""
