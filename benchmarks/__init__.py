"""Measure how fast the widget is, beside what else there is: `python -m benchmarks.latency`, `python -m benchmarks.scale`."""
