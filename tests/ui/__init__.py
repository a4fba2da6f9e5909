"""Tests of the pages: their parts, their words in both languages, their size and their looks."""
