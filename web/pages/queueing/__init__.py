"""The queue of engineers, and everything that is done there without leaving it."""
