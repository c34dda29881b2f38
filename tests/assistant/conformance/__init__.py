"""One suite for every channel and ticket system, over the wire of its platform."""
