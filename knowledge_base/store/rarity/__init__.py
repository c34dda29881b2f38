"""In how many templates and categories terms stand."""
