"""Tests of the lab format and of the labs themselves."""
