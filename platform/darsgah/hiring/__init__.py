"""Learners who let verified organisations see a profile of them, and what is written between the two."""
