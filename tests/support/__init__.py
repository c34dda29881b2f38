"""Servers and programs that the tests start, apart from the fixtures that hand them out."""
