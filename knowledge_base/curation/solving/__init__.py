"""Solutions and their drafts: written, reviewed, published, attached."""
