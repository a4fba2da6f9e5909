"""Sandboxed grading of Jupyter notebooks: from a master and a learner's notebook to scores nobody can forge."""
