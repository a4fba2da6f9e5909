"""Tests of the workspaces slice."""
