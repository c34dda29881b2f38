"""From questions to answers, and the channels that carry them."""
