"""What goes on beside requests, and the processes that it goes on in."""
