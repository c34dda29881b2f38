"""How well a project answers questions that somebody labelled."""
