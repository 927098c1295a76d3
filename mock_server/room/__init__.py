"""The live page of the control room."""

from mock_server.room.page import page
from mock_server.room.showing_in import Room

__all__ = ["Room", "page"]
