"""Grading: from the bytes of an upload to a score."""
