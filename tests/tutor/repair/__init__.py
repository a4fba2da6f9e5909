"""The hidden repair: what is near a learner's answer and right."""
