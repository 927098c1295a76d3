"""What a successful answer is: its document, its pictures, where they changed."""
