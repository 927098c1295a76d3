"""What a stream is: its frames, their order, their pictures, its end."""
