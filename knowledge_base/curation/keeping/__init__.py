"""Rules that keep templates in a category: changed, matched, made true, taken back."""
