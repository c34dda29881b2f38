"""What comes in: batches of lines, how often each template was seen, how far each source was read."""
