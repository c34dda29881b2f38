"""The ground floor: what is known about errors, and how text is recognised and matched."""
