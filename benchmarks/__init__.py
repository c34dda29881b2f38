"""Measurements: accuracy, speed, memory. Results stand in RESULTS.md; none of this is a test."""
