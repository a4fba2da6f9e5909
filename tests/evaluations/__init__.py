"""Tests of the evaluations slice."""
