"""What drives the stages: one process."""
