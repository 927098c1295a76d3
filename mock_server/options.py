"""Every option of `image-mock`, said once: the command line, `--config` files and IMAGE_MOCK_… variables come from it.

The command line wins over the environment, the environment over the file, the file over the default.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mock_server.settings import LARGEST, WrongSettings

PREFIX = "IMAGE_MOCK_"


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `kind` makes its value out of text; `several` may be given more than once (a comma in variables)."""

    name: str
    kind: type
    default: Any
    help: str
    metavar: str | None = None
    choices: tuple[str, ...] | None = None
    several: bool = False

    @property
    def key(self) -> str:
        """Its name in Python."""
        return self.name.replace("-", "_")

    def value(self, given: Any, where: str) -> Any:
        """A value out of a file or a variable. Raises WrongSettings."""
        if self.several:
            listed = given if isinstance(given, list) else [given]
            return [self._one(item, where) for item in listed]
        return self._one(given, where)

    def _one(self, given: Any, where: str) -> Any:
        if self.kind is bool:
            return self._flag(given, where)
        if given is False and self.choices and "no" in self.choices:
            given = "no"  # what YAML takes a bare `no` for
        if isinstance(given, dict | list | bool | None):
            raise WrongSettings(f"{where}: {self.name} is {given!r:.60}, not {_KINDS[self.kind]}")
        try:
            found = self.kind(given)
        except ValueError:
            raise WrongSettings(f"{where}: {self.name} is {given!r:.60}, not {_KINDS[self.kind]}") from None
        if self.choices and found not in self.choices:
            raise WrongSettings(f"{where}: {self.name} is {found!r:.60}, not one of {', '.join(self.choices)}")
        return found

    def _flag(self, given: Any, where: str) -> bool:
        known = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }
        found = known.get(str(given).lower())
        if found is None:
            raise WrongSettings(f"{where}: {self.name} is {given!r:.60}, not true or false")
        return found


_KINDS = {int: "a whole number", float: "a number", str: "text"}

OPTIONS = (
    Option("provider", str, (), "serve this provider only", "NAME", several=True),
    Option("host", str, "127.0.0.1", "address to listen on", "ADDRESS"),
    Option("port", int, 4010, "port to listen on, 0 for a free one", "N"),
    Option("api-key", str, None, "the only good key (without it: all but those like sk-invalid…)", "KEY"),
    Option("api-key-env", str, None, "read that key from an environment variable", "NAME"),
    Option("fault", str, (), "break one thing on purpose (`image-mock faults` lists them)", "ID", several=True),
    Option("forget", str, (), "do not enforce a request claim", "CLAIM", several=True),
    Option(
        "scenario",
        str,
        (),
        "let something go wrong: 'rate-limit;times=2' (`image-mock scenarios`)",
        "CUE",
        several=True,
    ),
    Option("script", str, None, "a YAML file with a list of scenarios, each played once, one after the other", "FILE"),
    Option("seed", int, 0, "other pictures, the same every time", "N"),
    Option("no-caption", bool, False, "do not write the prompt on the pictures"),
    Option("checks", str, "all", "how strictly requests are judged", choices=("all", "schema", "none")),
    Option(
        "dialect",
        str,
        None,
        "how refusals are worded (default: live for openai)",
        choices=("documented", "live", "native"),
    ),
    Option("fetch-urls", str, "no", "whether pictures behind links are fetched", choices=("no", "loopback", "any")),
    Option("stream-interval", float, 0.0, "seconds between the events of a stream", "S"),
    Option("keep-alive", float, 0.0, "seconds between comments in the pauses of a stream, 0 for none", "S"),
    Option("cors", str, (), "let browser apps of this origin use the mock, * for all", "ORIGIN", several=True),
    Option("max-body", int, LARGEST, "bytes of the largest body that is read", "N"),
    Option("patience", float, 120.0, "seconds after which a connection on which nothing moves is dropped", "S"),
    Option("log", str, "none", "write an access log to stderr", choices=("none", "common", "json")),
    Option("replay", str, None, "answer as was recorded: a transcript.jsonl of image-contract, or a HAR file", "FILE"),
    Option("replay-pace", float, 1.0, "pauses of recorded streams, times this; 0 for none", "X"),
    Option("server", str, "auto", "what speaks HTTP", choices=("auto", "granian", "waitress", "werkzeug")),
    Option("workers", int, 1, "processes that serve (granian only)", "N"),
)
_BY_KEY = {option.key: option for option in OPTIONS}


def added(parser: argparse.ArgumentParser) -> None:
    """Put every option, and `--config`, into a parser; what was not given is None."""
    for option in OPTIONS:
        shown = "" if option.default in (None, (), False) else f" (default: {option.default})"
        named: dict[str, Any] = {"dest": option.key, "default": None, "help": option.help + shown}
        if option.kind is bool:
            parser.add_argument(f"--{option.name}", action="store_true", **named)
        else:
            action = "append" if option.several else "store"
            more: dict[str, Any] = {"type": option.kind, "choices": option.choices, "metavar": option.metavar}
            parser.add_argument(f"--{option.name}", action=action, **named, **more)
    parser.add_argument("--config", metavar="FILE", help="a YAML file with any of these options")


def merged(given: argparse.Namespace, environ: Mapping[str, str]) -> dict[str, Any]:
    """The value of every option. Raises WrongSettings."""
    found = {option.key: option.default for option in OPTIONS}
    named = given.config or environ.get(f"{PREFIX}CONFIG")
    for source in (_file(named) if named else {}, _variables(environ), vars(given)):
        found |= {key: value for key, value in source.items() if key in found and value is not None}
    return found


def _file(path: str) -> dict[str, Any]:
    document = read_yaml(path)
    if not isinstance(document, dict):
        raise WrongSettings(f"{path} holds no object: it has lines like `port: 4010`")
    stated = {str(key).replace("-", "_"): value for key, value in document.items()}
    if strange := sorted(set(stated) - set(_BY_KEY)):
        known = ", ".join(option.name for option in OPTIONS)
        raise WrongSettings(f"{path} has {', '.join(strange):.80}, which is no option; there are {known}")
    return {key: _BY_KEY[key].value(value, path) for key, value in stated.items()}


def read_yaml(path: str) -> Any:
    """What a YAML file of the user holds. Raises WrongSettings."""
    try:
        return yaml.safe_load(Path(path).read_text("utf-8"))
    except OSError as problem:
        raise WrongSettings(f"{path} cannot be read: {(problem.strerror or str(problem)).lower()}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as problem:
        raise WrongSettings(f"{path} is not YAML: {' '.join(str(problem).split())}") from None


def _variables(environ: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for option in OPTIONS:
        name = PREFIX + option.key.upper()
        if text := environ.get(name):
            given = [item.strip() for item in text.split(",") if item.strip()] if option.several else text
            found[option.key] = option.value(given, name)
    return found


def names(values: Sequence[str]) -> tuple[str, ...]:
    """Each name once, in order."""
    return tuple(dict.fromkeys(values))
