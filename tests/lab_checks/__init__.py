"""The lab_checks slice."""
