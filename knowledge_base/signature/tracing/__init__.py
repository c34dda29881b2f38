"""How a signature came about, step by step, for people."""
