"""Organisations and mentors."""
