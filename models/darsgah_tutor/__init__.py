"""The tutor's engine: what this machine can run a model on."""
