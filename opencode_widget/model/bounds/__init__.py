"""Bounds of what is kept and sent: weights, windows, budgets of frames."""
