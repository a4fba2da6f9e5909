"""Grades: append-only grading runs of submissions, and what learners and instructors see of them."""
