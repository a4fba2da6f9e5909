"""Cohorts and places in them."""
