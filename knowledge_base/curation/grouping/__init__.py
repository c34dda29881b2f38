"""Moving templates between categories: what people say, what the machine proposes, and what follows from both."""
