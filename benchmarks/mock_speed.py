"""How fast the mock is, beside the least that Flask can do: `python -m benchmarks.mock_speed [--seconds S] [--rounds N]`.

POST of a form with a PNG of 100 KB on 16 connections. On the one side the mock, with every check and the journal on; on
the other bare Flask on the same server, which reads `request.files` and answers with as many bytes. Rounds alternate
within one run, and only ratios of their medians are told: the speed of a machine is nobody's merit.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from benchmarks.mock_load import Measured, loaded

PATH = "/openai/v1/images/edits"
FIELDS = {"model": "gpt-image-1.5", "prompt": "a red house", "size": "1024x1024", "quality": "low"}
SMALL = {"output_format": "jpeg", "output_compression": "20"}
"""What keeps the answer from being larger than the request."""


@dataclass(frozen=True)
class Case:
    """What is asked, and how much of bare Flask's speed the mock is to have."""

    name: str
    requests: Callable[[int], Iterator[bytes]]
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


def request(port: int, image: bytes, boundary: str) -> bytes:
    """The whole request, as the Python SDK sends it."""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="'
    texts = "".join(f'{head}{name}"\r\n\r\n{value}\r\n' for name, value in (FIELDS | SMALL).items())
    file = f'{head}image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    body = (texts + file).encode() + image + f"\r\n--{boundary}--\r\n".encode()
    fields = (
        f"POST {PATH} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Accept: application/json",
        "Accept-Encoding: gzip, deflate",
        "User-Agent: OpenAI/Python 3.52.0",
        "Authorization: Bearer sk-bench",
        f"Content-Type: multipart/form-data; boundary={boundary}",
        f"Content-Length: {len(body)}",
    )
    return ("\r\n".join(fields) + "\r\n\r\n").encode() + body


def _same(port: int) -> Iterator[bytes]:
    return itertools.repeat(request(port, noise(), "0" * 32))


def _reworded(port: int) -> Iterator[bytes]:
    """The same picture and fields, each time with another boundary, as every client sends them."""
    written = [request(port, noise(), f"{number:032x}") for number in range(400)]
    return itertools.cycle(written)


NEW = 120
"""Never-seen pictures in a round."""

_seeds = itertools.count(1)


def _new(port: int) -> Iterator[bytes]:
    """Pictures that nobody has seen; they are painted before the clock runs."""
    return iter([request(port, photo(next(_seeds)), f"{number:032x}") for number in range(NEW)])


CASES = (
    Case("the same picture, byte for byte", _same, 0.80),
    Case("the same picture, another boundary each time", _reworded, 0.80),
    Case("a never-seen picture of 1024x1024", _new, 0.15),
)


@contextmanager
def started(*arguments: str) -> Iterator[tuple[int, int]]:
    """A server as a process: its port and its process id."""
    command = [sys.executable, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield int(line.rstrip().rpartition(":")[2]), process.pid
    finally:
        process.terminate()
        process.communicate()


def serve_bare(answer: Path) -> None:
    """Bare Flask on the server the mock uses: it reads the file and answers with what stands in `answer`."""
    import flask

    from mock_server import granian_server
    from mock_server.servers import Service

    app = flask.Flask(__name__)
    told = answer.read_bytes()

    @app.post(PATH)
    def edits() -> flask.Response:
        assert flask.request.files["image"].read()
        return flask.Response(told, content_type="application/json")

    @app.get("/_mock/health")
    def health() -> str:
        return "ok"

    granian_server.serve_app(app, Service("127.0.0.1", 0, lambda line: print(line, flush=True)))


def rss(pid: int) -> int:
    """Megabytes that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text() if sys.platform == "linux" else "VmRSS: 0"
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def compared(case: Case, rounds: int, seconds: float, mock: int, bare: int) -> str:
    """One line: the ratio of the medians, and whether it is as high as it is to be."""
    rates: dict[int, list[float]] = {mock: [], bare: []}
    size = 0
    for port in (mock, bare) * rounds:
        found: Measured = loaded(port, case.requests(port), seconds)
        assert not found.wrong, f"{found.wrong} of {found.answers} answers were not 200"
        rates[port].append(found.rate)
        size = found.size
    ratio = statistics.median(rates[mock]) / statistics.median(rates[bare])
    kept = "as wanted" if ratio >= case.goal else "too slow"
    return f"{case.name:46} {ratio:6.2f} of bare Flask   (goal {case.goal:.2f}: {kept}; answers of {size // 1024} KB)"


def main() -> None:
    """Measure, and tell ratios."""
    parser = argparse.ArgumentParser("mock_speed", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        serve_bare(given.bare)
        return
    with tempfile.TemporaryDirectory() as folder, started("-m", "mock_server", "--port", "0") as (mock, pid):
        answer = Path(folder) / "answer.json"
        answer.write_bytes(b"{}")
        sample = loaded(mock, _same(mock), 0.5)
        for name, size in (("as large", sample.size), ("{}", 2)):
            answer.write_bytes(b'"' + b"x" * (size - 2) + b'"')
            with started("-m", "benchmarks.mock_speed", "--bare", str(answer)) as (bare, _pid):
                print(f"bare Flask answers {name}:")
                for case in CASES:
                    print("  " + compared(case, given.rounds, given.seconds, mock, bare), flush=True)
        loaded(mock, itertools.islice(_same(mock), 10_000), 600)
        print(f"the mock holds {rss(pid)} MB after all of this and 10,000 requests more")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parent.parent))
    main()
