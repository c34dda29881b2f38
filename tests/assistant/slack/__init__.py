"""Slack, played by a server that keeps Slack's rules."""
