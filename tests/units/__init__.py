"""Qualification units."""
