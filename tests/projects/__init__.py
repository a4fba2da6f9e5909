"""Tests of projects' rooms."""
