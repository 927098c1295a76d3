"""The live page of the control room."""

from mock_server.room.front import Room
from mock_server.room.page import page

__all__ = ["Room", "page"]
