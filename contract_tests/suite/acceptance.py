"""What is accepted: valid requests in every lawful form they come in."""
