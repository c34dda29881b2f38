"""Solutions: the list, the page of one, the editor."""
