"""Solutions: their versions, drafts, reviews, words, vectors and health."""
