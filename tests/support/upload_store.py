"""An upstream that keeps what is uploaded in parts, for tests."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from faults import answers
from faults.exchange import Exchange
from faults.stand_in import StandIn

UPLOAD = {
    "id": "upload_u1",
    "object": "upload",
    "bytes": 0,
    "created_at": 1790000000,
    "expires_at": 1790003600,
    "filename": "charts.bin",
    "purpose": "user_data",
    "status": "pending",
}
_PART = re.compile(rb'name="data"; filename="[^"]*"\r\n.*?\r\n\r\n(.*)\r\n--', re.DOTALL)


@dataclass
class UploadStore:
    """Uploads at a stand-in.

    Attributes:
        refusals: By what a part begins with, the answers that are given first to such parts.
        parts: What has come, by ids.
        files: The files that were made.
        cancelled: The number of uploads that were cancelled.
        most: The number of parts that were in flight at once.
    """

    refusals: dict[bytes, list[Any]] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    files: list[bytes] = field(default_factory=list)
    cancelled: int = 0
    most: int = 0
    _upload: dict[str, Any] = field(default_factory=dict)
    _now: int = 0

    def serve(self, upstream: StandIn) -> None:
        """Answers the calls of an upload."""
        one = "/v1/uploads/upload_u1"
        upstream.on("POST", "/v1/uploads", self._create)
        upstream.on("POST", f"{one}/parts", self._add)
        upstream.on("POST", f"{one}/complete", self._complete)
        upstream.on("POST", f"{one}/cancel", self._cancel)

    async def _create(self, exchange: Exchange) -> None:
        await exchange.body()
        asked = exchange.request.json()
        self._upload = {**UPLOAD, **{key: asked[key] for key in ("bytes", "filename", "purpose") if key in asked}}
        await answers.json(self._upload)(exchange)

    async def _add(self, exchange: Exchange) -> None:
        self._now += 1
        self.most = max(self.most, self._now)
        found = _PART.search(await exchange.body())
        assert found is not None
        self._now -= 1
        waiting = next((given for begin, given in self.refusals.items() if given and found[1].startswith(begin)), None)
        if waiting:
            await waiting.pop(0)(exchange)
            return
        name = f"part_{len(self.parts) + 1}"
        self.parts[name] = found[1]
        await answers.json({"id": name, "object": "upload.part", "created_at": 1, "upload_id": "upload_u1"})(exchange)

    async def _complete(self, exchange: Exchange) -> None:
        await exchange.body()
        asked = exchange.request.json()
        data = b"".join(self.parts[each] for each in asked["part_ids"])
        if asked.get("md5", hashlib.md5(data).hexdigest()) != hashlib.md5(data).hexdigest():  # noqa: S324 - OpenAI's
            await answers.json({"error": {"message": "MD5 differs", "param": "md5"}}, status=400)(exchange)
            return
        self.files.append(data)
        file = {"id": "file-Up1", "object": "file", "bytes": len(data), "created_at": 2, "status": "processed"}
        named = {key: self._upload[key] for key in ("filename", "purpose") if key in self._upload}
        await answers.json({**self._upload, "status": "completed", "file": {**file, **named}})(exchange)

    async def _cancel(self, exchange: Exchange) -> None:
        await exchange.body()
        self.cancelled += 1
        await answers.json({**self._upload, "status": "cancelled", "file": None})(exchange)
