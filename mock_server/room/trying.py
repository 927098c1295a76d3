"""The form of the page with which an edit is tried by hand; the page's script paints the mask and sends it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mock_server.house import House
from mock_server.room.markup import escaped
from mock_server.scenarios import SCENARIOS
from specs import models
from specs.contract import Contract


def form(house: House) -> str:
    """The form; the script shows it, for it is the script that sends it."""
    offered = "".join(map(_option, house.contracts.values()))
    scenarios = "".join(f"<option>{escaped(id)}</option>" for id in sorted({s.id for s in SCENARIOS.values()}))
    choices = "".join(
        f'<label>{name} <select name="{name}"><option value="">default</option>'
        f"{''.join(f'<option>{value}</option>' for value in values)}</select></label>"
        for name, values in _CHOICES.items()
    )
    return (
        '<details id="trying"><summary><b>Try an edit by hand</b></summary>'
        "<noscript><p>Painting and sending need JavaScript; everything else on this page does not.</p></noscript>"
        f'<form hidden><div class="fields"><label>provider <select name="provider">{offered}</select></label>'
        '<label>key <input name="key" value="sk-by-hand" autocomplete="off"></label>'
        '<label>model <input name="model" list="models"></label><datalist id="models"></datalist>'
        f"{choices}<label>n <input name=n type=number min=1 max=10 placeholder=default></label>"
        f'<label>scenario <select name="scenario"><option value="">none</option>{scenarios}</select></label>'
        '<label>picture <input name="file" type="file" accept="image/*"></label>'
        '<label class="wide">prompt <textarea name="prompt" rows="2">Put a red roof on the house</textarea></label>'
        '</div><p>Paint what is to be changed: <label>brush <input name="brush" type="range" min="2" max="40">'
        '</label> <button type="button" name="unpaint">no mask</button></p><canvas id="canvas"></canvas>'
        '<p><button>Send</button> <output></output></p><div class="pictures" id="results"></div></form></details>'
    )


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "size": ("auto", "1024x1024", "1536x1024", "1024x1536"),
    "quality": ("low", "medium", "high", "auto"),
    "background": ("transparent", "opaque", "auto"),
    "output_format": ("png", "jpeg", "webp"),
    "stream": ("true", "false"),
    "partial_images": ("0", "1", "2", "3"),
}


def _option(contract: Contract) -> str:
    path = f"../{contract.provider}{contract.edit.path}"
    names = json.dumps(_models(contract))
    return (
        f'<option value="{escaped(path)}" data-models="{escaped(names, 100_000)}">{escaped(contract.provider)}</option>'
    )


def _models(contract: Contract) -> list[str]:
    known = models.from_value(contract.models.example) if contract.models else None
    schema = contract.edit.schemas.get("multipart/form-data", {}).get("properties", {}).get("model", {})
    named = schema.get("enum") or []
    return [str(name) for name in (named or (known.names if known else ()))]
