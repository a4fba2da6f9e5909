"""The tutor's own model: what it reads, what it learns from, and the folder it comes in."""
