"""How much is kept and sent: weights, windows, budgets of frames."""
