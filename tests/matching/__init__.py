"""Tests of matching: from a question to what it may be about."""
