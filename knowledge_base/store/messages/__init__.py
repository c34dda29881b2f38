"""What chats and tickets said, and what is sent to them."""
