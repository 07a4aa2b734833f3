"""Benchmarks: each figure as a ratio to a peer or a limit, measured in turn in the same run."""
