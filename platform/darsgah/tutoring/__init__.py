"""Tutoring: hints while a learner works on a lab."""
