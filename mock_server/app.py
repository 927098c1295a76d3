"""The Flask application: the door to the house in front, the control room under `/_mock/` behind it."""

from __future__ import annotations

import time
from collections.abc import Callable

import flask
from werkzeug.exceptions import HTTPException

from mock_server import control, control_acting, control_reading, wire
from mock_server.door import Door
from mock_server.house import House
from mock_server.replies import Reply, refusal
from mock_server.room import Room
from mock_server.settings import Settings
from mock_server.state import State

_ = (control_acting, control_reading)


def create_app(settings: Settings | None = None, state: State | None = None) -> flask.Flask:
    """A WSGI application that keeps the contracts. Raises loading.UnknownProvider, WrongSettings.

    `state` is what several processes share; without it the application has its own.
    """
    app = flask.Flask(__name__, static_folder=None)
    house = House(settings or Settings(), state)
    app.extensions["house"] = house
    app.config["MAX_CONTENT_LENGTH"] = control.LARGEST
    for route in control.ROUTES:
        path = f"{control.PATH}{route.path.replace('{', '<').replace('}', '>')}"
        app.add_url_rule(path, route.name, _view(house, route.act), methods=[route.method])
    app.register_error_handler(HTTPException, _refused)
    app.wsgi_app = Door(house, Room(house, app.wsgi_app))  # type: ignore[method-assign]
    return app


def _view(house: House, act: control.Act) -> Callable[..., flask.Response]:
    def view(**places: str) -> flask.Response:
        _method, query, value = wire.control_request()
        asked = control.Asked(house, places, query, value, wire.origin())
        try:
            return _written(act(asked))
        except control.Wrong as problem:
            return _written(refusal(problem.status, f"{problem}.", code="control"))

    return view


def _written(reply: Reply) -> flask.Response:
    response = flask.Response(reply.body(), status=reply.status)
    for name, value in wire.fields(reply, time.time(), 0):
        if not name.startswith(("x-ratelimit-", "openai-")):
            response.headers[name] = value
    return response


def _refused(problem: HTTPException) -> flask.Response:
    status = problem.code or 500
    return _written(
        refusal(status, f"{problem.name}: /_mock/openapi.json describes the mock's own API.", code="control")
    )
