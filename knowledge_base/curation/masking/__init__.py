"""The masking rules of a project: changed, tried, previewed, and followed by stored templates."""
