"""How a request is refused: status, envelope, the field at fault, nothing leaked."""
