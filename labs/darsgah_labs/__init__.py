"""The lab format: what a lab is made of, how it is read and how it is checked."""
