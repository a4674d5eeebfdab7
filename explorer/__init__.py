"""What people look at: a report to send, an explorer to search."""
