"""What goes on: dashboard, sources, deliveries."""
