"""What an act would change, worked out and not done."""
