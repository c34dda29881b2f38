"""Keys with a place where any word may stand."""
