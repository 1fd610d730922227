"""HTTP to one server: addresses, requests, limits, failures, cancellation."""
