"""Walks through the pages in Chromium, on SQLite and on PostgreSQL, over one sample."""
