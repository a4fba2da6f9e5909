"""Who posts briefs: organisations, the mentors who act for them, and who verified either with what."""
