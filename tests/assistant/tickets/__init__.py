"""The webhooks of ticket systems, against servers that play them."""
