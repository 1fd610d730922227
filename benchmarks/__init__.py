"""How fast we are, measured against what is there: `python -m benchmarks.latency`, `python -m benchmarks.scale`."""
