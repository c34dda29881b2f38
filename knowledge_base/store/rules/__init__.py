"""The rules of a project's users."""
