"""Grading with the tests in a sandbox of their own."""
