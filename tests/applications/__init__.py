"""Applications of teams to briefs, and their matching."""
