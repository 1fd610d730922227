"""The objects that a Python user holds: instances, sessions, pending requests, policies."""
