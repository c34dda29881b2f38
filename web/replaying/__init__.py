"""What somebody was shown before they agree to it, signed and given along."""
