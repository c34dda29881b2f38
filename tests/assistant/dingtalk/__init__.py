"""DingTalk over its own protocols: a fake of the platform, and what is particular to it."""
