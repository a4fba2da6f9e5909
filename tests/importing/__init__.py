"""Importing an nbgrader course, from the folder to the graded submission, with the real database."""
