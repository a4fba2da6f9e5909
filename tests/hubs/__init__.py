"""Hubs and roles."""
