"""Typesetting: data and drawings into the template, a file out, the same for the same data."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from geodata.disk import scratch
from service.drawing.canvas import font_path

if TYPE_CHECKING:
    import typst

Format = Literal["pdf", "png"]
SIZES_MM = {"A4": (210.0, 297.0), "A3": (297.0, 420.0)}
"""Upright width and height by name."""
Size = tuple[float, float]
UNITS = {"A4": 1.0, "A3": 1.2}
"""Unit of the layout: A3 has larger type than A4, and more room for the map."""
DPI = 150
TEMPLATE = Path(__file__).with_name("sheets.typ")

LONGEST_HERE = 10
"""Pages that are typeset in this process. Typst keeps what it has laid out, some 5 MB a page,
for documents to come: a longer document has a process of its own, which takes that along when
it ends."""
_typesetting = threading.Lock()


@cache
def _fonts() -> "typst.Fonts":
    import typst

    # Only these: what a machine has installed must not change a sheet.
    folder = str(font_path(bold=False).parent)
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


@cache
def template_state() -> str:
    """Give a short text that differs when the template does."""
    return hashlib.sha256(_template()).hexdigest()[:16]


class Document:
    """One document: laid out without drawings first, to learn how much room they have."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._here = len(data["pages"]) <= LONGEST_HERE
        self._data = json.dumps(data, ensure_ascii=False)
        self._drawings: dict[str, str] = {}

    @cached_property
    def _laid_out(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self._typeset({"do": "frames"}))
        return found

    @cached_property
    def _typesetter(self) -> "_Typesetter":
        return _Typesetter(self._data)

    def _typeset(self, job: Mapping[str, Any]) -> bytes:
        asked = {**job, "drawings": self._drawings}
        if self._here:
            return self._typesetter.typeset(asked)
        return _in_a_process({**asked, "data": self._data})

    @property
    def frames(self) -> dict[str, Size]:
        """Width and height in points of the room for each drawing, by its name."""
        return {f["name"]: (f["width"], f["height"]) for f in self._laid_out if f["name"]}

    @property
    def pages(self) -> int:
        """Number of pages."""
        return int(self._laid_out[-1]["pages"])

    def draw(self, draw: Callable[[str, Size], str]) -> None:
        """Have every drawing made for the room it has."""
        self._drawings = {name: draw(name, size) for name, size in self.frames.items()}

    def file(self, kind: Format, moment: datetime) -> bytes:
        """Typeset the document.

        Parameters
        ----------
        kind
            ``pdf`` (vector, tagged for screen readers) or ``png`` (150 dots an inch, the
            first page).
        moment
            When the data were recorded; stands as the time of creation, so that the same
            data give the same file.
        """
        return self._typeset({"do": kind, "moment": int(moment.timestamp())})


class _Typesetter:
    """Typesets one document as often as asked.

    The drawings come in a file: what does not depend on it Typst knows from the time before,
    which is most of the work.
    """

    def __init__(self, data: str) -> None:
        import typst

        folder = scratch("sheets")
        weakref.finalize(self, folder.cleanup)
        self._folder = Path(folder.name)
        main = self._folder / TEMPLATE.name
        main.write_bytes(_template())
        self._compiler = typst.Compiler(str(main), font_paths=_fonts(), sys_inputs={"data": data})

    def typeset(self, job: Mapping[str, Any]) -> bytes:
        drawings = json.dumps(job["drawings"], ensure_ascii=False)
        (self._folder / "drawings.json").write_text(drawings, encoding="utf-8")
        with _typesetting:
            if job["do"] == "frames":
                return self._compiler.query("<frame>", field="value").encode()
            made: Any = self._compiler.compile(format=job["do"], ppi=DPI, timestamp=job["moment"])
        return bytes(made[0] if isinstance(made, list) else made)


def _in_a_process(job: Mapping[str, Any]) -> bytes:
    """Typeset as `_Typesetter` does, in a process that ends afterwards."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", __name__],
        input=json.dumps(job).encode(),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The typesetter ended with {done.returncode}: {done.stderr[-2000:]!r}")
    return done.stdout


if __name__ == "__main__":
    asked = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(_Typesetter(asked["data"]).typeset(asked))
