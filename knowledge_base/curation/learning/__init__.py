"""What engineers and people teach by judging answers."""
