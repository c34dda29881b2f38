"""The doors: HTTP API, pages, sign-in and the command line."""
