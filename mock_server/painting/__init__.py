"""The brushes behind `mock_server.painter`: sources, paint, lettering, cut-out, encoding. No HTTP and no provider."""
