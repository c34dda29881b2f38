"""What errors are grouped into: categories, their templates, what people and the machine said of them."""
