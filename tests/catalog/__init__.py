"""Courses, labs and their versions."""
