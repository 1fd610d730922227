"""The result of a batch: its rows, as a table, as a cell shows them, and as a plot."""
