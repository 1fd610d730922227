"""The objects that a Python user holds: instances, sessions, pending requests; and the policies that answer requests."""
