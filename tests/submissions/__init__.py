"""Handing in."""
