"""What corrections and rules would change, shown first; agreed to under what was shown."""
