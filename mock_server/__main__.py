"""`image-mock`: the mock as a command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from mock_server import faults
from mock_server.serving import PortTaken, bind
from mock_server.settings import Settings, WrongSettings
from specs import loading

_EXAMPLES = """examples:
  image-mock                                     every provider, each under /<its name>, on http://127.0.0.1:4010
  image-mock --provider chatanywhere             one provider, also at the root: base URL http://127.0.0.1:4010/v1
  image-mock --fault b64-data-prefix             one thing wrong on purpose (`image-mock faults` lists them)
  image-mock --forget mask-matches-image         one claim not enforced (`image-contract list` lists them)
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        "image-mock",
        description="A server that keeps the image-edit contracts, for offline development and CI.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("command", nargs="?", choices=("serve", "faults"), default="serve", help="serve, or list faults")
    found.add_argument("--provider", action="append", default=[], metavar="NAME", help="serve this provider only")
    found.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    found.add_argument("--port", type=int, default=4010, help="port to listen on, 0 for a free one (default: 4010)")
    found.add_argument("--api-key", metavar="KEY", help="the only good key (default: all but those like sk-invalid…)")
    found.add_argument("--api-key-env", metavar="NAME", help="read that key from an environment variable")
    found.add_argument("--fault", action="append", default=[], metavar="ID", help="break one thing on purpose")
    found.add_argument("--forget", action="append", default=[], metavar="CLAIM", help="do not enforce a request claim")
    found.add_argument("--seed", type=int, default=0, help="other pictures, the same every time (default: 0)")
    found.add_argument("--no-caption", action="store_true", help="do not write the prompt on the pictures")
    found.add_argument("--checks", choices=("all", "schema", "none"), default="all", help="how strictly to judge requests")
    found.add_argument("--stream-interval", type=float, default=0.0, metavar="S", help="seconds between events")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until ended. Exit status: 0 ended, 2 wrong usage."""
    given = parser().parse_args(argv)
    try:
        settings = _settings(given)
        if given.command == "faults":
            return _list(settings)
        server = bind(settings, given.host, given.port)
    except (loading.UnknownProvider, loading.BrokenContract, WrongSettings, PortTaken) as problem:
        print(f"image-mock: {problem}", file=sys.stderr)
        return 2
    print(f"image-mock listens on http://{given.host}:{server.port}", flush=True)
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


def _settings(given: argparse.Namespace) -> Settings:
    key = given.api_key
    if given.api_key_env:
        key = os.environ.get(given.api_key_env)
        if not key:
            raise WrongSettings(f"the environment variable {given.api_key_env} holds no key")
    return Settings(
        providers=tuple(dict.fromkeys(given.provider)),
        api_key=key,
        faults=tuple(given.fault),
        forget=frozenset(given.forget),
        seed=given.seed,
        checks=given.checks,
        caption=not given.no_caption,
        stream_interval=given.stream_interval,
    )


def _list(settings: Settings) -> int:
    for name, contract in settings.contracts().items():
        print(f"{name}:")
        for fault in faults.offered(contract):
            print(f"  {fault.id:34} {', '.join(fault.breaks):44} {fault.statement}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
