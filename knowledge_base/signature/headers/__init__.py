"""What stands before a message: when, how bad, who, where; and messages inside of rows and pairs."""
