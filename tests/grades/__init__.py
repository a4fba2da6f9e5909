"""Grading runs and who sees what of them."""
