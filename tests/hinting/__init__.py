"""The tutor joined with labs and sandbox."""
