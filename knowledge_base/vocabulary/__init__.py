"""What Kea knows of errors beforehand: concepts in two languages, codes, and well-known kinds."""
