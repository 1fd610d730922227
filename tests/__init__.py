"""The tests of opencode_widget; `python -m tests` runs all of them."""
