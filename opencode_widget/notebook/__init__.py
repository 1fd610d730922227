"""What the notebook's host provides: the running cell, and the Jupyter server extension."""
