"""Causal models of operators, tried on tiny ones that are made here."""
