"""A project to which random things happen, and what must hold in it at any moment."""
