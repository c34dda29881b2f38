"""Representatives with their vectors, and the back ends that made them."""
