"""How fast it is, and what it takes: see `python -m benchmarks.speed --help`."""
