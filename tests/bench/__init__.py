"""Benchmarks: ratios inside one run, on files from a seeded generator."""
