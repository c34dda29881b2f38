"""Asking, what was asked, and what people say of answers."""
