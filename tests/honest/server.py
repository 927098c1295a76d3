"""The endpoint on a real port: `http.server`, one thread for each connection."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.honest import answering, forms
from tests.honest.checks import check
from tests.honest.houses import LISTS, House
from tests.honest.manners import Manners
from tests.honest.refusals import Refused
from tests.honest.speaking import Speaker
from tests.honest.tricks import HONEST, Reply, Tricks

WRONG = "sk-invalid"

Mischief = Callable[[answering.Work], answering.Work]
"""What a dishonest endpoint does to its work and nothing else; an arithmetic error is answered with 500."""


@dataclass
class Endpoint:
    """One endpoint: its provider, its manners, and what it has done so far. `tricks` make it a dishonest one."""

    house: House
    manners: Manners
    tricks: Tricks = HONEST
    url: str = ""
    gallery_url: str = ""
    asked: itertools.count[int] = field(default_factory=itertools.count)
    done: itertools.count[int] = field(default_factory=itertools.count)
    again: dict[str, itertools.count[int]] = field(default_factory=dict)
    pictures: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def times(self, values: Mapping[str, Any]) -> int:
        """How often the same was ordered before: it never comes out alike."""
        return next(self.again.setdefault(repr(values), itertools.count()))

    def link(self, picture: bytes, kind: str) -> str:
        """An address for a picture."""
        name = f"{len(self.pictures):04}.{kind}"
        self.pictures[name] = (picture, kind)
        if self.manners.links == "here":
            return f"{self.url}/pictures/{name}"
        return f"{self.gallery_url}/{'moved' if self.manners.links == 'moved' else 'pictures'}/{name}?sig=a%2Fb"


class _Handler(Speaker):
    endpoint: Endpoint
    order: forms.Order | None = None
    refused: Refused | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

    def _any(self) -> None:
        manners = self.endpoint.manners
        path = urlsplit(self.path).path
        self.order = self.refused = None
        try:
            if path.startswith(("/pictures/", "/moved/")):
                self._picture(path)
            elif path == self.endpoint.house.models_path and self.command == "GET":
                self._send(200, {"message": "ok", "code": 0, "data": LISTS[manners.models]})
            else:
                self._edit(path)
        except Refused as refused:
            self.refused = refused
            self._refuse(self.endpoint.tricks.refused(refused, self.order))
        except ArithmeticError:
            self._send(500, {"error": {"message": "oops", "type": "server_error", "param": None, "code": None}})

    def _edit(self, path: str) -> None:
        house, manners = self.endpoint.house, self.endpoint.manners
        if not manners.early:
            body = self.body()
        number = next(self.endpoint.asked)
        if manners.busy and number % manners.busy == manners.busy - 1:
            raise Refused("busy")
        if manners.tired and number % manners.tired == manners.tired - 1:
            raise Refused("tired")
        self._admit(path)
        if manners.early:
            body = self.body()
        time.sleep(manners.late)
        order = self.order = self.endpoint.tricks.order(self._order(body))
        values = check(order, house, manners)
        done = next(self.endpoint.done)
        if manners.broke_after and done >= manners.broke_after:
            raise Refused("quota")
        if manners.wary and done % manners.wary == manners.wary - 1:
            raise Refused("moderation")
        self._deliver(answering.work(order, values, house, manners, seed=self.endpoint.times(values)))

    def _deliver(self, work: answering.Work) -> None:
        tricks = self.endpoint.tricks
        work = tricks.work(replace(work, retouch=None if tricks is HONEST else tricks.retouch))
        if not work.values.get("stream"):
            document = answering.document(work, self.endpoint.house, self.endpoint.link)
            self._send(200, tricks.document(work, document))
            return
        frames = answering.frames(tricks.events(work, answering.events(work)), work.manners)
        headers = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}
        if tricks is HONEST:
            self.stream(frames, headers)
        else:
            self._raw(200, b"".join(frames), headers)

    def _admit(self, path: str) -> None:
        house, manners = self.endpoint.house, self.endpoint.manners
        if path != house.path:
            raise Refused("route")
        if self.command != "POST":
            raise Refused("method")
        scheme, _, key = (self.headers.get("Authorization") or "").partition(" ")
        if manners.bare_key and scheme.startswith("sk-"):
            scheme, key = "bearer", scheme
        if scheme.lower() != "bearer" or not key.strip():
            raise Refused("key-missing")
        if key.strip().startswith(WRONG):
            raise Refused("key-wrong")

    def _order(self, body: bytes) -> forms.Order:
        house, manners = self.endpoint.house, self.endpoint.manners
        stated = self.headers.get("Content-Type") or ""
        kind = stated.partition(";")[0].strip().lower()
        pictures = house.json or ("image" if manners.json_too else None)
        try:
            if kind == "multipart/form-data":
                return forms.form(body, stated, forgiving=manners.forgiving)
            if kind == "application/json" and pictures:
                return forms.document(body, pictures, forgiving=manners.forgiving)
        except forms.Unreadable:
            raise Refused("body") from None
        raise Refused("media-type")

    def _refuse(self, refused: Refused) -> None:
        manners = self.endpoint.manners
        soon = formatdate(time.time() + 1, usegmt=True) if manners.retry_date else "1"
        headers = {"Retry-After": soon} if refused.kind in ("busy", "tired") else {}
        document: Any = refused.document(manners.language)
        if manners.trace_id:
            document["error"]["request_id"] = document["trace_id"] = "0f3c"
        status = manners.no_method if refused.kind == "method" else refused.status(manners.status)
        if manners.early:
            headers["Connection"] = "close"
        if manners.plain_401 and status == 401:
            headers["content-type"] = "text/plain"
        if manners.empty_404 and refused.kind == "route":
            self._raw(status, b"", headers)
        else:
            self._send(status, document, headers)
        if manners.early:
            self.linger()

    def _send(self, status: int, document: Any, headers: Mapping[str, str] | None = None) -> None:
        manners = self.endpoint.manners
        text = json.dumps(document, ensure_ascii=manners.escaped, indent=1 if manners.more else None)
        body = (text.replace("/", "\\/") if manners.escaped else text).encode()
        if manners.padded:
            body = b"  \n\n" + body + b"\n"
        self._raw(status, body, {"content-type": "application/json;charset=UTF-8", **(headers or {})})

    def _raw(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        reply = Reply(status, dict(headers), body, self.order, self.refused)
        if urlsplit(self.path).path != self.endpoint.house.models_path:
            reply = self.endpoint.tricks.reply(reply)
        self.raw(reply.status, reply.body, reply.headers)

    def _picture(self, path: str) -> None:
        name = path.rpartition("/")[2]
        if self.endpoint.manners.link_busy and next(self.endpoint.asked) % 2:
            raise Refused("busy")
        if path.startswith("/moved/"):
            self._raw(302, b"", {"Location": f"/pictures/{name}"})
        else:
            picture, kind = self.endpoint.pictures[name]
            self._raw(200, picture, {"Content-Type": f"image/{kind}"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of ours."""


@contextmanager
def running(house: House, manners: Manners, mischief: Mischief | Tricks | None = None) -> Iterator[Endpoint]:
    """An endpoint that listens on this machine, and beside it the other host its links may lead to."""
    tricks = mischief if isinstance(mischief, Tricks) else Tricks(work=mischief) if mischief else HONEST
    endpoint = Endpoint(house, manners, tricks)
    protocol = "HTTP/1.0" if manners.http10 else "HTTP/1.1"
    handler = type("Handler", (_Handler,), {"endpoint": endpoint, "manners": manners, "protocol_version": protocol})
    servers = [_Server(("127.0.0.1", 0), handler) for _ in range(2)]
    endpoint.url = f"http://127.0.0.1:{servers[0].server_port}"
    endpoint.gallery_url = f"http://localhost:{servers[1].server_port}"
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield endpoint
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
