"""The index of representatives: a replica in memory of what the database holds."""
