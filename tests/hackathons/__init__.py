"""Tests of the hackathons slice."""
