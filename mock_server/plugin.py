"""The pytest plugin of the mock: the fixture `image_mock`, a real server that every test finds as new.

Installed with the package, it is loaded in every pytest run: it adds three fixtures, no option and no hook, and imports
nothing before a test asks for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mock_server.settings import Settings
    from mock_server.stand_in import ImageMock


@pytest.fixture(scope="session")
def image_mock_settings() -> Settings:
    """What `image_mock` is started with; override it at any level, with any scope."""
    from mock_server.settings import Settings  # noqa: PLC0415 - see above

    return Settings()


@pytest.fixture(scope="session")
def _image_mock_servers() -> Iterator[Callable[[Settings], ImageMock]]:
    """One server for each settings that tests ask for, kept until the session ends."""
    from mock_server.stand_in import ImageMock  # noqa: PLC0415 - see above

    with ExitStack() as stack:
        servers: dict[Settings, ImageMock] = {}

        def running(settings: Settings) -> ImageMock:
            if settings not in servers:
                servers[settings] = stack.enter_context(ImageMock(settings))
            return servers[settings]

        yield running


@pytest.fixture
def image_mock(
    image_mock_settings: Settings, _image_mock_servers: Callable[[Settings], ImageMock]
) -> Iterator[ImageMock]:
    """A stand-in for image-edit providers: a real server, reset before and after the test."""
    found = _image_mock_servers(image_mock_settings)
    found.reset()
    yield found
    found.close_clients()
    found.reset()
