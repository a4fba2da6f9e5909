"""Sandboxed grading of Jupyter notebooks: from a master and a learner's notebook to scores that hold."""
