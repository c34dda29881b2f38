"""Where events go besides the store: the enriched file and the dead letters."""
