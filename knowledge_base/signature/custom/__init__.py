"""Rules of a project's users."""
