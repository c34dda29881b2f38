"""What is wanted most: demand, and the queue of engineers with its views."""
