"""How fast the mock is, beside the least that Flask can do and beside other mocks: `python -m benchmarks.mock_speed`.

POST of a form with a PNG of 100 KB on 16 connections. On the one side the mock, with every check and the journal on; on
the other bare Flask on the same server, which reads `request.files` and answers with as many bytes; then Prism,
WireMock, Mockoon and aimock where they are installed (`--peers DIR`, see benchmarks/peers.py). Rounds alternate within
one run, and only ratios of their medians are told: the speed of a machine is nobody's merit. Beside answers per second
stands the ratio of processor time for each answer, which others on the machine disturb less.
"""

from __future__ import annotations

import argparse
import base64
import io
import itertools
import os
import random
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from benchmarks import peers
from benchmarks.mock_load import loaded
from benchmarks.mock_servers import Server, asked, free_port, told

PATH = "/openai/v1/images/edits"
FIELDS = {"model": "gpt-image-1.5", "prompt": "a red house", "size": "1024x1024", "quality": "low"}
SMALL = {"output_format": "jpeg", "output_compression": "20"}
"""What keeps the answer from being larger than the request."""

PATIENCE = 120.0
"""Seconds that a round may take at most."""


@dataclass(frozen=True)
class Case:
    """What is asked, how often in a round, and how much of bare Flask's speed the mock is to have."""

    name: str
    requests: Callable[[int, str], Iterator[bytes]]
    count: int
    goal: float


def noise(seed: int = 0) -> bytes:
    """A PNG of 100 KB that nobody has seen: noise of 182x182."""
    return _png(Image.frombytes("RGB", (182, 182), random.Random(seed).randbytes(182 * 182 * 3)))


def photo(seed: int) -> bytes:
    """A PNG of about 100 KB and 1024x1024: coarse noise."""
    rough = Image.frombytes("RGB", (146, 146), random.Random(seed).randbytes(146 * 146 * 3))
    return _png(rough.resize((1024, 1024), Image.Resampling.NEAREST))


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def request(port: int, image: bytes, boundary: str, path: str = PATH) -> bytes:
    """The whole request, as the Python SDK sends it."""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="'
    texts = "".join(f'{head}{name}"\r\n\r\n{value}\r\n' for name, value in (FIELDS | SMALL).items())
    file = f'{head}image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    body = (texts + file).encode() + image + f"\r\n--{boundary}--\r\n".encode()
    fields = (
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Accept: application/json",
        "Accept-Encoding: gzip, deflate",
        "User-Agent: OpenAI/Python 3.52.0",
        "Authorization: Bearer sk-bench",
        f"Content-Type: multipart/form-data; boundary={boundary}",
        f"Content-Length: {len(body)}",
    )
    return ("\r\n".join(fields) + "\r\n\r\n").encode() + body


def _same(port: int, path: str) -> Iterator[bytes]:
    return itertools.repeat(request(port, noise(), "0" * 32, path))


def _reworded(port: int, path: str) -> Iterator[bytes]:
    """The same picture and fields, each time with another boundary, as every client sends them."""
    written = [request(port, noise(), f"{number:032x}", path) for number in range(400)]
    return itertools.cycle(written)


NEW = 96
_seeds = itertools.count(1)


def _new(port: int, path: str) -> Iterator[bytes]:
    """Pictures that nobody has seen; they are painted before the clock runs."""
    return iter([request(port, photo(next(_seeds)), f"{number:032x}", path) for number in range(NEW)])


CASES = (
    Case("the same picture, byte for byte", _same, 1500, 0.80),
    Case("the same picture, another boundary each time", _reworded, 1500, 0.80),
    Case("a never-seen picture of 1024x1024", _new, NEW, 0.15),
)


def serve_bare(answer: Path) -> None:
    """Bare Flask on the server the mock uses: it reads the file and answers with what stands in `answer`."""
    import flask

    from mock_server import granian_server
    from mock_server.servers import Service

    app = flask.Flask(__name__)
    body = answer.read_bytes()

    @app.post(PATH)
    def edits() -> flask.Response:
        assert flask.request.files["image"].read()
        return flask.Response(body, content_type="application/json")

    @app.get("/_mock/health")
    def health() -> str:
        return "ok"

    granian_server.serve_app(app, Service("127.0.0.1", 0, lambda line: print(line, flush=True)))


@dataclass(frozen=True)
class Speed:
    """Of one server: the medians of answers per second, and of processor seconds for each."""

    rate: float
    cost: float


def measured(case: Case, rounds: int, servers: dict[Server, str]) -> list[Speed]:
    """Alternating rounds over servers, each with the path at which it serves edits."""
    rates: dict[Server, list[float]] = {server: [] for server in servers}
    costs: dict[Server, list[float]] = {server: [] for server in servers}
    for server in [*servers] * rounds:
        requests = itertools.islice(case.requests(server.port, servers[server]), case.count)
        before = server.seconds()
        found = loaded(server.port, requests, PATIENCE)
        assert not found.wrong, f"{found.wrong} of {found.answers} answers were not 200"
        rates[server].append(found.rate)
        costs[server].append((server.seconds() - before) / max(1, found.answers))
    return [Speed(statistics.median(rates[one]), statistics.median(costs[one])) for one in servers]


def told_of(name: str, ours: Speed, theirs: Speed, whose: str, goal: float | None) -> str:
    """One line: the ratios, and whether the first is as high as it is to be."""
    ratio, cheaper = ours.rate / theirs.rate, theirs.cost / ours.cost if ours.cost else 0.0
    kept = "" if goal is None else f" (goal {goal:g}: {'as wanted' if ratio >= goal else 'too slow'})"
    return f"{name:46} {ratio:6.2f} of {whose}{kept}; by processor time {cheaper:.2f}"


def beside_flask(mock: Server, rounds: int, folder: Path) -> None:
    """The mock and bare Flask, whose answers are as long, and then as short as can be."""
    answer = folder / "answer.json"
    size = loaded(mock.port, itertools.islice(_same(mock.port, PATH), 32), PATIENCE).size
    for name, length in ((f"as much as the mock, {size // 1024} KB", size), ("{}", 2)):
        answer.write_bytes(b'"' + b"x" * (length - 2) + b'"')
        with told("-m", "benchmarks.mock_speed", "--bare", str(answer)) as bare:
            print(f"bare Flask answers {name}:")
            for case in CASES:
                ours, theirs = measured(case, rounds, {mock: PATH, bare: PATH})
                print("  " + told_of(case.name, ours, theirs, "bare Flask", case.goal), flush=True)


def beside_peers(mock: Server, rounds: int, folder: Path, installed: Path | None) -> None:
    """The mock and the other mocks that are installed; the picture is always the same, the boundary never."""
    case = Case("", _reworded, 400, 0.0)
    for peer in peers.PEERS:
        command = peer.found(installed)
        if command is None:
            print(f"{peer.name} is left out: there is no command {peer.command}")
            continue
        port, place = free_port(), folder / peer.command
        place.mkdir()
        picture = base64.b64encode(noise()[:90_000]).decode()
        arguments = [command, *peer.prepared(place, port, picture)]
        with asked(arguments, port, place / "log") as other:
            loaded(other.port, itertools.islice(_reworded(port, peers.PATH), 200), PATIENCE)
            ours, theirs = measured(case, rounds, {mock: PATH, other: peers.PATH})
            held = other.megabytes()
        print(told_of(f"beside {peer.name}, which holds {held} MB", ours, theirs, peer.name, peer.goal), flush=True)


def main() -> None:
    """Measure, and tell ratios."""
    parser = argparse.ArgumentParser("mock_speed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=Path, metavar="DIR", help="where npm has installed other mocks")
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        serve_bare(given.bare)
        return
    with tempfile.TemporaryDirectory() as folder, told("-m", "mock_server", "--port", "0") as mock:
        beside_flask(mock, given.rounds, Path(folder))
        loaded(mock.port, itertools.islice(_reworded(mock.port, PATH), 10_000), 600)
        held = mock.megabytes()
        print(f"after 10,000 requests more the mock holds {held} MB (goal 150: {'kept' if held < 150 else 'too many'})")
        beside_peers(mock, given.rounds, Path(folder), given.peers)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parent.parent))
    main()
