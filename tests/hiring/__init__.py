"""Profiles that learners open to verified organisations."""
