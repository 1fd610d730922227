"""What the notebook's host has: the cell that runs, the Jupyter server extension."""
