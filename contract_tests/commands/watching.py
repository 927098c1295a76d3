"""The command that watches traffic which is paid for anyway. It sends nothing of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from contract_tests.addresses import host_field, origin
from contract_tests.commands.options import Verbs, WrongUsage, screen, verb, with_provider, with_strict
from contract_tests.running import writable
from contract_tests.watching import CannotListen, Watch, listening, watch
from contract_tests.watching_clerk import ClerkFailed, Task
from contract_tests.watching_ledger import Book
from specs import loading

_TOLD = "pass an app's own traffic on to the provider, unchanged, and judge it"
_MORE = """
Point the app's base URL at the address that is listened on; keys pass through and are recorded nowhere. Every byte
both ways is unchanged but the value of `Host`. Ctrl-C ends it and writes the reports; started again with the same
--out it goes on with the recording."""

_EXAMPLE = "watch --provider chatanywhere --upstream https://api.chatanywhere.tech"


def add(verbs: Verbs) -> None:
    """Add this command."""
    found = with_strict(with_provider(verb(verbs, "watch", watched, _TOLD, _EXAMPLE)))
    found.description = f"{found.description}{_MORE}"
    found.add_argument("--upstream", required=True, metavar="URL", help="the provider's server (or base URL)")
    found.add_argument("--listen", default="127.0.0.1:4011", metavar="HOST:PORT", help="default: %(default)s")
    found.add_argument("--every", type=int, default=25, metavar="N", help="write the reports every N exchanges")
    found.add_argument("--no-pictures", action="store_true", help="keep no picture, neither sent nor answered")
    out = Path("image-contract-watch")
    found.add_argument("--out", type=Path, default=out, metavar="DIR", help="default: %(default)s")


def watched(given: argparse.Namespace) -> int:
    """Pass traffic on until told to end."""
    host, port = listening(given.listen)
    if given.every < 1:
        raise WrongUsage(f"--every {given.every} is no number of exchanges")
    if "@" in given.upstream:
        raise WrongUsage("--upstream has a user name in it; the key comes with the app's own requests")
    provider = loading.load(given.provider).provider
    writable(given.out)
    book = Book(provider, _root(given.upstream), given.out, given.every, keep_pictures=not given.no_pictures)
    try:
        found = watch(Watch(given.upstream, host, port, Task(book, screen(), given.strict)), _say)
    except (CannotListen, ClerkFailed) as problem:
        raise WrongUsage(str(problem)) from problem
    return 3 if found is None else found


def _root(upstream: str) -> str:
    """Scheme and host, as they stand in the URL."""
    return f"{origin(upstream).scheme}://{host_field(upstream)}"


def _say(line: str) -> None:
    print(line, flush=True)
