"""Workspaces: where a learner works on a lab's notebooks, from the first cell to the submission."""
