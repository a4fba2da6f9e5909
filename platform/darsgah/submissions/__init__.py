"""Submissions: the exact bytes a learner handed in, when, and what state they are in."""
