"""The Flask application: every path goes to the house; `/_mock/` is the mock's own."""

from __future__ import annotations

import time

import flask
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from mock_server import wire
from mock_server.gallery import PATH
from mock_server.house import House
from mock_server.replies import refusal
from mock_server.settings import Settings

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


def create_app(settings: Settings | None = None) -> flask.Flask:
    """A WSGI application that keeps the contracts. Raises loading.UnknownProvider, WrongSettings."""
    app = flask.Flask(__name__, static_folder=None)
    house = House(settings or Settings())

    def any_path(path: str) -> flask.Response:
        del path
        return _any(house)

    app.config["MAX_CONTENT_LENGTH"] = wire.LARGEST
    app.extensions["house"] = house
    app.add_url_rule("/_mock/health", "health", lambda: _health(house))
    app.add_url_rule(f"{PATH}<name>", "picture", lambda name: _picture(house, name))
    app.add_url_rule("/", "any", any_path, methods=_METHODS, provide_automatic_options=False, defaults={"path": ""})
    app.add_url_rule("/<path:path>", "any", any_path, methods=_METHODS, provide_automatic_options=False)
    app.register_error_handler(HTTPException, _refused)
    return app


def _any(house: House) -> flask.Response:
    started = time.time()
    return wire.write(house.answer(wire.read(flask.request, house.settings.api_key)), started)


def _health(house: House) -> flask.Response:
    return flask.jsonify(status="ok", providers=list(house.contracts), requests=house.journal.counts["requests"])


def _picture(house: House, name: str) -> flask.Response:
    picture = house.gallery.get(name)
    if picture is None:
        return wire.write(refusal(404, "this picture is not kept (any more)", code="not_found"), time.time())
    return flask.Response(picture, content_type=f"image/{name.rpartition('.')[2]}")


def _refused(problem: HTTPException) -> flask.Response:
    status = problem.code or 500
    said = "The body is too large." if isinstance(problem, RequestEntityTooLarge) else f"{problem.name}."
    return wire.write(refusal(status, said), time.time())
