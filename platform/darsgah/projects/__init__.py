"""The room of a project: what team, mentor and hub agree on, do, write, meet for and compute."""
