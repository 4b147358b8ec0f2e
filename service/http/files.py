"""Files that are given in parts: made once, kept for those who come back for more.

A client that reads a file over HTTP (GDAL's ``/vsicurl/``, GeoPandas, DuckDB) asks first for
its length and then for many small parts. The file lies in the data directory without a name,
so that nothing is left behind when the process ends, however it ends.
"""

import os
import re
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import IO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from geodata.errors import StoreError
from service.http.representation import matches

PIECE = 1 << 18
MOST_BYTES = 1 << 29
"""Bytes of files kept on disk for readers of parts."""
_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


class KeptFile:
    """A file that was made, open as long as somebody reads it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.size = os.fstat(source.fileno()).st_size

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Give the bytes from `start` up to but not including `end`."""
        while start < end:
            # Reading at a place leaves the file's own position alone: readers do not meet.
            piece = os.pread(self._source.fileno(), min(PIECE, end - start), start)
            if not piece:
                return
            start += len(piece)
            yield piece


class Files:
    """The files made lately, by their tags.

    Parameters
    ----------
    folder
        Where they lie; the data directory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: OrderedDict[str, KeptFile] = OrderedDict()
        self._lock = Lock()

    def get(self, tag: str, make: Callable[[], Iterable[bytes]]) -> KeptFile:
        """Give the file of a tag, making it if it is not kept.

        Raises
        ------
        StoreError
            The disk takes no more.
        """
        with self._lock:
            found = self._kept.get(tag)
            if found is not None:
                self._kept.move_to_end(tag)
                return found
        made = self._made(make())
        with self._lock:
            self._kept[tag] = made
            while len(self._kept) > 1 and sum(f.size for f in self._kept.values()) > MOST_BYTES:
                self._kept.popitem(last=False)
        return made

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()

    def _made(self, pieces: Iterable[bytes]) -> KeptFile:
        try:
            folder = self._folder if self._folder.is_dir() else None
            sink = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - readers keep it open
            for piece in pieces:
                sink.write(piece)
            sink.flush()
        except OSError as reason:
            raise StoreError(
                f"The file cannot be made: {reason.strerror or reason}. Ask for less, or try later."
            ) from reason
        return KeptFile(sink)


def file_answer(
    request: Request,
    files: Files,
    make: Callable[[], Iterable[bytes]],
    *,
    tag: str,
    media_type: str,
    headers: dict[str, str],
) -> Response:
    """Answer with a file: whole, in part (RFC 9110, 14), or 304 where the client has it.

    With the length, and ``Accept-Ranges``.
    """
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    file = files.get(tag, make)
    headers = {**headers, "Accept-Ranges": "bytes"}
    part = _part(request, tag, file.size)
    if part is None:
        start, end, status = 0, file.size, 200
    else:
        start, end = part
        if start >= file.size:
            return Response(
                status_code=416, headers={**headers, "Content-Range": f"bytes */{file.size}"}
            )
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    headers["Content-Length"] = str(end - start)
    return StreamingResponse(
        file.pieces(start, end), status, headers=headers, media_type=media_type
    )


def _part(request: Request, tag: str, size: int) -> tuple[int, int] | None:
    """Read Range and If-Range; None = the whole file. Several parts at once are not given."""
    found = _RANGE.match(request.headers.get("range", ""))
    condition = request.headers.get("if-range")
    if found is None or (condition is not None and condition.strip() != tag):
        return None
    first, last = found.groups()
    if not first:
        if not last or not int(last):
            return None
        return max(size - int(last), 0), size
    start, end = int(first), int(last) + 1 if last else size
    return None if end <= start and last else (start, min(end, size))
