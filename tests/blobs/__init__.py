"""The blob store."""
