"""Questions, how they ended, and what people taught by judging answers."""
