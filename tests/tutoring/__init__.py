"""Hints that learners ask for."""
