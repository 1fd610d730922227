"""A short list of steps, driven over many versions of OpenCode; see `releases.py`."""
