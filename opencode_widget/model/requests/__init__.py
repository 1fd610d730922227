"""Permissions and questions that wait for a user."""
