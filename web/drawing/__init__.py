"""The geometry of pictures: numbers to coordinates."""
