"""Signatures of many lines at once, by what was worked out for lines like them."""
