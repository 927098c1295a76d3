"""What a request has to be: a breach is refused, and what lies just within the limit is accepted."""
