"""Features written as one layer of a Mapbox Vector Tile 2.1, a column at a time.

A tile is Protocol Buffers: numbers as varints of seven bits a byte, messages with their length
before them. All numbers of a tile are written by a few passes over arrays; what is left for
each feature is to put its own bytes together.

References
----------
Mapbox Vector Tile Specification 2.1, sections 4.1 to 4.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geodata.formats.scalars import time_texts
from service.tiles.grid import EXTENT

Numbers = NDArray[np.int64]
_MOVE, _LINE, _CLOSE = 1, 2, 7
_TYPES = np.array([1, 2, 2, 3, 1, 2, 3])
"""Type of a feature (1 point, 2 line, 3 polygon) by the number of its shape's type in GEOS."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as numbers of its distinct values, which are written already."""

    codes: NDArray[Any]
    """Place in `values` of each row's value; -1 = null."""
    values: list[bytes]
    """As a tile's list of values has them."""

    def used(self) -> Numbers:
        """Give the places of the values that some row has."""
        if len(self.values) > 4 * len(self.codes):
            found = np.unique(self.codes)
            return found[found >= 0]
        return np.bincount(self.codes + 1, minlength=1)[1:].nonzero()[0]

    def taken(self, rows: Numbers) -> "Coded":
        """Give some of the rows."""
        return Coded(self.codes[rows], self.values)


Column: TypeAlias = pa.Array | Coded


class Layer:
    """Features of one layer, written as they are added."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._keys: dict[str, int] = {}
        self._values: dict[bytes, int] = {}
        self._features: list[bytes] = []

    def add(self, shapes: Any, columns: Mapping[str, Column]) -> None:
        """Add features.

        Parameters
        ----------
        shapes
            Geometries in units of the tile, whole numbers, y upwards; exterior rings clockwise.
            None of them is missing or empty.
        columns
            Attributes by name, as long as `shapes`; what is null is absent, since a vector
            tile has no null.
        """
        if not len(shapes):
            return
        tags = self._tags(len(shapes), columns)
        types = _TYPES[shapely.get_type_id(shapes)].tolist()
        short, most = _SHORT, len(_SHORT)
        for kind, own, drawn in zip(types, tags, _geometries(shapes), strict=True):
            tag, line = len(own), len(drawn)
            body = b"\x12%b%b\x18%c\x22%b%b" % (
                short[tag] if tag < most else varint(tag),
                own,
                kind,
                short[line] if line < most else varint(line),
                drawn,
            )
            size = len(body)
            self._features.append(
                b"\x12%b%b" % (short[size] if size < most else varint(size), body)
            )

    def _tags(self, rows: int, columns: Mapping[str, Column]) -> list[bytes]:
        """Give the attributes of each feature: pairs of the numbers of a key and a value."""
        coded = [(name, values if isinstance(values, Coded) else coded_of(values))
                 for name, values in columns.items()]  # fmt: skip
        used = [(name, one, there) for name, one in coded if len(there := one.used())]
        if not used:
            return [b""] * rows
        # Few values that many features have come first: their numbers take one byte each.
        used.sort(key=lambda one: len(one[2]))
        keys = [self._keys.setdefault(name, len(self._keys)) for name, _, _ in used]
        found = np.column_stack([self._numbered(one, there) for _, one, there in used])
        row, column = (found >= 0).nonzero()
        pairs = np.column_stack([np.array(keys)[column], found[row, column]])
        return _cut(pairs.ravel(), np.bincount(row, minlength=rows) * 2)

    def _numbered(self, coded: Coded, there: Numbers) -> Numbers:
        """Give the number of each value in the layer's list; -1 = null."""
        numbers, values = self._values, coded.values
        # The null's -1 is the last one.
        found = np.full(len(values) + 1, -1, dtype=np.int64)
        found[there] = [numbers.setdefault(values[i], len(numbers)) for i in there.tolist()]
        return found[coded.codes]

    def content(self) -> bytes:
        """Give the tile's bytes; none where no feature was added."""
        if not self._features:
            return b""
        keys = (b"\x1a" + _text(name) for name in self._keys)
        head = b"\x78\x02\x0a" + _text(self._name)
        end = b"\x28" + varint(EXTENT)
        layer = b"".join([head, *self._features, *keys, *self._values, end])
        return b"\x1a%b%b" % (varint(len(layer)), layer)


def coded_of(values: pa.Array) -> Coded:
    """Write the distinct values of a column."""
    coded = values.dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Coded(codes, _written(coded.dictionary))


def _written(values: pa.Array) -> list[bytes]:
    """Write distinct values: texts, numbers, truth; dates and moments as ISO texts."""
    kind = values.type
    if pa.types.is_floating(kind):
        numbers = np.empty((len(values), 11), dtype=np.uint8)
        numbers[:, :3] = (0x22, 0x09, 0x19)
        numbers[:, 3:] = values.to_numpy().astype("<f8").view(np.uint8).reshape(-1, 8)
        text = numbers.tobytes()
        return [text[at : at + 11] for at in range(0, len(text), 11)]
    if pa.types.is_timestamp(kind):
        texts = [str(one).encode() for one in time_texts(values.to_pandas())]
    elif pa.types.is_date(kind):
        texts = values.cast(pa.string()).cast(pa.binary()).to_pylist()
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        texts = values.cast(pa.large_binary()).to_pylist()
    elif pa.types.is_boolean(kind):
        return [b"\x22\x02\x38%c" % one for one in values.to_pylist()]
    else:
        return [_whole(one) for one in values.to_pylist()]
    return [_HEADS[len(one)] + one if len(one) < len(_HEADS) else _long(one) for one in texts]


def _long(text: bytes) -> bytes:
    """Write a text of the layer's list."""
    own = varint(len(text)) + text
    return b"\x22%b\x0a%b" % (varint(len(own) + 1), own)


def _whole(value: int) -> bytes:
    """Write a whole number of the layer's list."""
    # Negative ones zigzag, else they would take ten bytes.
    number = b"\x20" + varint(value) if value >= 0 else b"\x30" + varint(-2 * value - 1)
    return b"\x22%c%b" % (len(number), number)


def _text(text: str) -> bytes:
    written = text.encode()
    return varint(len(written)) + written


def varint(number: int) -> bytes:
    """Write a number of 0 or more, seven bits a byte, the lowest first."""
    if number < len(_SHORT):
        return _SHORT[number]
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


_SHORT: list[bytes] = []
_SHORT.extend([varint(number) for number in range(4_096)])
_HEADS = [b"\x22%c\x0a%c" % (size + 2, size) for size in range(126)]
"""What stands before a text of so many bytes, where one byte says how many."""
"""Lengths and numbers as they mostly are, written once."""


def _cut(numbers: Numbers, counts: Numbers) -> list[bytes]:
    """Write numbers as varints, and cut them into runs of so many numbers each."""
    sizes = np.ones(len(numbers), dtype=np.int64)
    for bits in range(7, 63, 7):
        longer = numbers >= 1 << bits
        if not longer.any():
            break
        sizes += longer
    ends = np.cumsum(sizes)
    content = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    starts = ends - sizes
    for place in range(int(sizes.max(initial=0))):
        here = sizes > place
        more = (sizes[here] > place + 1) << 7
        content[starts[here] + place] = (numbers[here] >> 7 * place) & 0x7F | more
    text = content.tobytes()
    edges = np.append(0, ends)[np.append(0, np.cumsum(counts))].tolist()
    return [text[low:high] for low, high in pairwise(edges)]


def _geometries(shapes: Any) -> list[bytes]:
    """Give the commands of each shape: move to, line to, close; steps from vertex to vertex."""
    lines, feature = _pieces(np.asarray(shapes, dtype=object))
    points, line = shapely.get_coordinates(lines, return_index=True)
    units = np.round(points).astype(np.int64)
    units[:, 1] = EXTENT - units[:, 1]
    closed = shapely.get_type_id(lines) == 2
    if closed.any():
        # Close path draws back to the first vertex: the ring's last one is not written.
        last = np.append(line[1:] != line[:-1], True)
        kept = ~(last & closed[line])
        units, line = units[kept], line[kept]
    steps = np.diff(units, axis=0, prepend=0)
    count = np.bincount(line, minlength=len(lines))
    first = np.append(0, np.cumsum(count))[:-1]
    begins = np.append(True, feature[1:] != feature[:-1])
    steps[first[begins]] = units[first[begins]]
    steps = np.where(steps < 0, -2 * steps - 1, 2 * steps)
    return _commands(lines, feature, line, steps, count, len(shapes))


def _pieces(shapes: Any) -> tuple[Any, Numbers]:
    """Take shapes apart: rings, lines, and points of one shape together; with their shapes."""
    dimension = shapely.get_dimensions(shapes)
    points = (dimension == 0).nonzero()[0]
    if len(points) == len(shapes):
        return shapes, points
    larger = (dimension > 0).nonzero()[0]
    parts, owner = shapely.get_parts(shapes[larger], return_index=True)
    owner = larger[owner]
    lines = (shapely.get_dimensions(parts) == 1).nonzero()[0]
    rings, part = shapely.get_rings(parts, return_index=True)
    feature = np.concatenate([points, owner[lines], owner[part]])
    order = np.argsort(feature, kind="stable")
    return np.concatenate([shapes[points], parts[lines], rings])[order], feature[order]


def _commands(
    lines: Any, feature: Numbers, line: Numbers, steps: Numbers, count: Numbers, shapes: int
) -> list[bytes]:
    kinds = shapely.get_type_id(lines)
    # A number for each command and two for each vertex; all points of a feature in one command.
    drawn, closed = (kinds == 1) | (kinds == 2), kinds == 2
    size = 1 + 2 * count + drawn + closed
    ends = np.cumsum(size)
    start = ends - size
    numbers = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.int64)
    numbers[start] = np.where(drawn, 1, count) << 3 | _MOVE
    numbers[start[drawn] + 3] = (count[drawn] - 1) << 3 | _LINE
    numbers[ends[closed] - 1] = 1 << 3 | _CLOSE
    within = np.arange(len(line)) - (np.cumsum(count) - count)[line]
    place = start[line] + 1 + 2 * within + (drawn[line] & (within > 0))
    numbers[place], numbers[place + 1] = steps[:, 0], steps[:, 1]
    each = np.bincount(feature, weights=size, minlength=shapes).astype(np.int64)
    return _cut(numbers, each)
