"""Credentials: awarded, signed, shown, checked, revoked."""
