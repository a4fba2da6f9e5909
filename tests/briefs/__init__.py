"""Briefs of mentors: their life, the automatic check, review and approvals, finding, and who may do what."""
