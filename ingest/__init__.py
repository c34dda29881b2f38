"""From log lines to stored templates: sources, joining, windows, clustering, sinks, runners."""
