"""The sandbox: what it keeps in, what it keeps out, and what it survives. Real processes throughout."""
