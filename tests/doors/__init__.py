"""The whole of Kea as a process, with a real broker and the platforms around it."""
