"""Whole-system tests: one module for each sort of person."""
