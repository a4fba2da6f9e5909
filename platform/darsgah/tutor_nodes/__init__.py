"""Machines that run a language model for hints: which there are, whose they are, and how they fare."""
