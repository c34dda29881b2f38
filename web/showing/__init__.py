"""How things are put before a reader: language, zone, Markdown, marks, templates of pages."""
