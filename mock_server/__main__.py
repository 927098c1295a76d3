"""`image-mock`: the mock as a command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from mock_server import cueing, faults, options
from mock_server.scenarios import SCENARIOS
from mock_server.settings import Settings, WrongSettings
from specs import loading

_EXAMPLES = """examples:
  image-mock                                     every provider, each under /<its name>, on http://127.0.0.1:4010
  image-mock --provider chatanywhere             one provider, also at the root: base URL http://127.0.0.1:4010/v1
  image-mock --scenario 'rate-limit;times=2'     the first two requests are answered 429
  image-mock --fault b64-data-prefix             one thing wrong on purpose (`image-mock faults` lists them)
  image-mock --forget mask-matches-image         one claim not enforced (`image-contract list` lists them)
  image-mock --replay report/transcript.jsonl    what a recorded endpoint answered, again; 404 for what it was not asked

every option may also stand in a --config file (`port: 4010`) or in a variable (IMAGE_MOCK_PORT=4010).
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        "image-mock",
        description="A server that keeps the image-edit contracts, for offline development and CI.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = ("serve", "faults", "scenarios")
    found.add_argument("command", nargs="?", choices=commands, default="serve", help="serve, or list what can go wrong")
    options.added(found)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until ended. Exit status: 0 ended, 2 wrong usage."""
    given = parser().parse_args(argv)
    try:
        values = options.merged(given, os.environ)
        settings = _settings(values, os.environ)
        if given.command == "serve":
            return _serve(settings, values)
        return _listed(settings, given.command)
    except (loading.UnknownProvider, loading.BrokenContract, WrongSettings) as problem:
        print(f"image-mock: {problem}", file=sys.stderr)
        return 2


def _listed(settings: Settings, what: str) -> int:
    try:
        if what == "faults":
            _list_faults(settings)
        else:
            _list_scenarios()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _serve(settings: Settings, values: Mapping[str, Any]) -> int:
    from mock_server import servers  # noqa: PLC0415 - listing needs no server

    service = servers.Service(
        values["host"], values["port"], _say, values["server"], values["workers"], _seconds(values, "patience")
    )
    try:
        servers.serve(settings, service)
    except servers.PortTaken as problem:
        print(f"image-mock: {problem}", file=sys.stderr)
        return 2
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _settings(values: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    return Settings(
        providers=options.names(values["provider"]),
        api_key=_key(values, environ),
        faults=tuple(values["fault"]),
        forget=frozenset(values["forget"]),
        seed=values["seed"],
        checks=values["checks"],
        caption=not values["no_caption"],
        stream_interval=_seconds(values, "stream_interval"),
        scenarios=(*values["scenario"], *_script(values["script"])),
        dialect=values["dialect"],
        fetch_urls=values["fetch_urls"],
        keep_alive=_seconds(values, "keep_alive"),
        cors=tuple(values["cors"]),
        log=values["log"],
        largest=max(0, values["max_body"]),
        replay=values["replay"],
        replay_pace=_seconds(values, "replay_pace"),
    )


def _key(values: Mapping[str, Any], environ: Mapping[str, str]) -> str | None:
    named = values["api_key_env"]
    if not named:
        return values["api_key"] or None
    if not environ.get(named):
        raise WrongSettings(f"the environment variable {named} holds no key")
    return environ[named]


def _seconds(values: Mapping[str, Any], key: str) -> float:
    value: float = values[key]
    if not 0 <= value <= 3600:
        raise WrongSettings(f"{key.replace('_', '-')} is {value}, not between 0 and 3600 seconds")
    return value


def _script(path: str | None) -> tuple[str, ...]:
    """The cues of a script file, in words: a list of `scenario: name` with its options, or of texts."""
    if path is None:
        return ()
    document = options.read_yaml(path)
    steps = document.get("script") if isinstance(document, dict) else document
    if not isinstance(steps, list) or not all(isinstance(step, str | dict) for step in steps):
        raise WrongSettings(f"{path} holds no list of scenarios, nor an object with such a list under `script`")
    return tuple(cueing.in_words(cueing.step(step)) for step in steps)


def _list_faults(settings: Settings) -> None:
    for name, contract in settings.contracts().items():
        print(f"{name}:")
        for fault in faults.offered(contract):
            print(f"  {fault.id:34} {', '.join(fault.breaks):44} {fault.statement}")
            for source in fault.sources:
                print(f"{'':37}seen at {source}")


def _list_scenarios() -> None:
    for scenario in dict.fromkeys(scenario.id for scenario in SCENARIOS.values()):
        known = SCENARIOS[scenario]
        options_ = " ".join(f"{key.replace('_', '-')}={value}" for key, value in known.options.items())
        print(f"  {', '.join(known.names):28} {options_:26} {known.statement}")
    print("  every fault of `image-mock faults` is a scenario too, by its id")


if __name__ == "__main__":
    sys.exit(main())
