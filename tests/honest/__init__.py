"""A second conformant endpoint, built without anything of the mock's, to see whether the tester accuses the honest.

Standard library and Pillow only: its own reading of forms, its own checks, its own picture code, written from the
providers' documents. `manners` says in what honest endpoints differ.
"""

from tests.honest.houses import HOUSES, House
from tests.honest.manners import MANNERS, Manners, drawn
from tests.honest.server import Endpoint, running

__all__ = ["HOUSES", "MANNERS", "Endpoint", "House", "Manners", "drawn", "running"]
