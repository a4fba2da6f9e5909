"""Briefs of industry mentors: how they are written, checked, reviewed, published, found and carried on."""
