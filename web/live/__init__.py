"""What pages that stay open are told: one reader a process follows the change feeds, and feeds all connections."""
