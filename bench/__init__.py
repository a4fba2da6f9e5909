"""Benchmarks: ``python -m bench`` measures, prints tables and writes ``bench/results.json``."""
