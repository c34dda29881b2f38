"""What pages for watching add up: hours, times, what failed."""
