"""What a template is compared by: its cleaned words, its character n-grams, its codes."""
