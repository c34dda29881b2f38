"""The knowledge as rows that another home can read."""
