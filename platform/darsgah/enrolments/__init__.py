"""Cohorts that run a course in a hub, the people in them, and the dates and limits of their assignments."""
