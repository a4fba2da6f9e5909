"""Machines that run a language model for hints, and the hints that they say in other words."""
