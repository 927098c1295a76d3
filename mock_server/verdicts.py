"""What the mock thinks of a request: why it is refused, or what it is answered; found once, then remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mock_server import answers, faults, fetching, refusing
from mock_server.admission import Admission
from mock_server.faults import Fault
from mock_server.gallery import Gallery
from mock_server.remembering import Known, Memory, Verdict, by_bytes, by_parts
from mock_server.replies import Reply, refusal
from mock_server.settings import Settings
from specs import models, pictures, reading
from specs.contract import Contract
from specs.edits import Edit
from specs.messages import Request
from specs.models import ModelList

PAINTED = 64_000_000
"""Bytes that all pictures being decoded and painted may need at once; a larger one is painted alone."""

_DECODED, _PAINTED, _WRITTEN = 8, 16, 2
"""Bytes for each pixel while a picture is decoded, while it is painted, and of what is written of it."""


class Verdicts:
    """`on` a request, and the `right` reply to it."""

    def __init__(self, settings: Settings, gallery: Gallery) -> None:
        self._settings, self._gallery = settings, gallery
        self._memory = Memory()
        self._painting = Admission(PAINTED)
        self._models: dict[str, ModelList | None] = {}

    def on(self, contract: Contract, inner: Request, whole: Request) -> Verdict:
        """What is to be said about a request; `inner` has its path without the provider's prefix."""
        known = by_bytes(contract.provider, whole)
        held = self._memory.get(known)
        if held is not None:
            return held
        read = reading.read(contract, inner, self._listed(contract))
        edit = replace(read, request=Request(inner.method, whole.url, inner.headers, inner.body))
        if not edit.parts:
            return self._judged(contract, edit, known)
        key = by_parts(contract.provider, edit)
        self._memory.alias(known, key)
        return self._memory.get(key) or self._judged(contract, edit, key)

    def _judged(self, contract: Contract, edit: Edit, key: Known) -> Verdict:
        with self._painting.lent(_DECODED * _largest(edit)):
            found = next(refusing.refusals(contract, edit, self._settings), None)
        if found is None and self._settings.fetch_urls != "no" and any(p.url for p in (*edit.images, edit.mask) if p):
            return self._fetched(contract, edit, key)
        return self._verdict(contract, edit, found, key)

    def _listed(self, contract: Contract) -> ModelList | None:
        if contract.provider not in self._models:
            listed = models.from_value(contract.models.example) if contract.models else None
            self._models[contract.provider] = listed
        return self._models[contract.provider]

    def _fetched(self, contract: Contract, edit: Edit, key: Known) -> Verdict:
        """Links are followed once everything else is right; then the pictures are judged as if they had been sent."""
        try:
            edit = fetching.fetched(edit, self._settings.fetch_urls)
        except fetching.NotFetched as problem:
            reply = refusal(400, f"{problem}.", param=problem.at, code="invalid_image_url", why="image-not-fetched")
            return Verdict(edit, reply.why, reply, key=key)
        with self._painting.lent(_DECODED * _largest(edit)):
            found = next(refusing.refusals(contract, edit, self._settings), None)
        return self._verdict(contract, edit, found, key, remembered=False)

    def _verdict(
        self, contract: Contract, edit: Edit, found: refusing.Refused | None, key: Known, *, remembered: bool = True
    ) -> Verdict:
        if found is None:
            return Verdict(edit, None, None, key=key)
        verdict = Verdict(edit, found.why, refusing.refused(found, edit, contract), key=key)
        return self._memory.keep(verdict) if remembered else verdict

    def right(self, contract: Contract, verdict: Verdict, edit: Edit, broken: Sequence[Fault]) -> Reply:
        """The reply without scenario: the refusal, or the answer; remembered where it is the same every time."""
        overlooked = any(fault.overlooks(edit, verdict.refused_by) for fault in broken)
        misread = overlooked or (verdict.refused_by is None and any(fault.on == "edit" for fault in broken))
        if verdict.reply is not None and not misread:
            return verdict.fresh() or verdict.reply
        reply = self._answer(contract, faults.misread(broken, edit))
        if misread or reply.events is not None or any(p.url for p in edit.images) or not _carries_pictures(reply):
            return reply
        verdict.reply = reply
        verdict.seal()
        self._memory.keep(verdict)
        return verdict.fresh() or reply

    def _answer(self, contract: Contract, edit: Edit) -> Reply:
        width, height = edit.size or (1536, 1024)
        need = _DECODED * _largest(edit) + (_PAINTED + _WRITTEN * min(edit.count, 10)) * width * height
        with self._painting.lent(need):
            return answers.answer(contract, edit, self._settings, self._gallery)


def _largest(edit: Edit) -> int:
    """The pixels of the largest picture that would be decoded."""
    seen = (pictures.look(one.data) for one in (*edit.images, edit.mask) if one and one.data)
    sizes = (one.width * one.height for one in seen if one)
    return max((size for size in sizes if size <= pictures.LARGEST), default=0)


def _carries_pictures(reply: Reply) -> bool:
    """Whether the pictures stand in the answer; a link may lead to one that is gone later."""
    return isinstance(reply.document, dict) and all("b64_json" in item for item in reply.document.get("data", ()))
