"""The transcript that a notebook saves: `versions.py` makes it, `output.py` has its place in the notebook."""
