"""Categories: the list, the page of one, and what people do there."""
