"""Old tickets, questions with their resolutions, become drafts of solutions."""
