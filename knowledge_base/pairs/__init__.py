"""Whether two texts are the same error: a small model over features that people understand."""
