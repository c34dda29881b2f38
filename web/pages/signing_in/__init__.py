"""Who comes in and with what: signing in, people, tokens."""
