"""What every request passes: hosts, addresses, sizes, limits, roles, and what answers tell a browser."""
