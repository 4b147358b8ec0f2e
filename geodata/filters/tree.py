"""From the tree of CQL2 JSON to operands and predicates, checked against a schema."""

from dataclasses import dataclass
from typing import Any

from pyproj import CRS

from geodata.filters import arithmetic, comparison, shapes, texts, times
from geodata.filters.literals import (
    date_operand,
    literal_operand,
    property_operand,
    timestamp_operand,
)
from geodata.filters.operands import Operand, Predicate, all_of, any_of, negation
from geodata.filters.refusals import refusal
from geodata.schema import FrameSchema


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles trees for one collection.

    Attributes
    ----------
    schema
        The collection's columns.
    crs
        System of the geometries written in the filter; None is OGC:CRS84.
    """

    schema: FrameSchema
    crs: CRS | None = None

    def predicate(self, tree: Any) -> Predicate:
        """Compile what is true or false.

        Raises
        ------
        InvalidInput
            The tree is no such thing, or names a property or kind that does not fit.
        """
        if not isinstance(tree, dict) or "op" not in tree:
            return self._bare(tree)
        op, args = _operation(tree)
        if op in ("and", "or"):
            _count(op, args, 2, 100_000)
            parts = [self.predicate(arg) for arg in args]
            return all_of(parts) if op == "and" else any_of(parts)
        if op == "not":
            _count(op, args, 1)
            return negation(self.predicate(args[0]))
        if op == "isnull":
            _count(op, args, 1)
            return comparison.is_null(self.operand(args[0]))
        return self._relation(op, args)

    def _bare(self, tree: Any) -> Predicate:
        operand = self.operand(tree)
        if operand.kind != "boolean":
            raise refusal(f"{operand.name} alone is neither true nor false; compare it.")
        return operand.of

    def _relation(self, op: str, args: list[Any]) -> Predicate:
        if op in ("between", "in"):
            return self._range(op, args)
        operands = [self.operand(arg) for arg in args]
        if op == "s_dwithin":
            _count(op, args, 3, 4)
            return shapes.within_distance(*operands)
        _count(op, args, 2)
        left, right = operands
        if op in comparison.OPERATORS:
            return comparison.compare(op, left, right)
        if op == "like":
            return texts.like(left, right)
        if op in shapes.PREDICATES:
            return shapes.relate(op, left, right)
        if op in times.RELATIONS:
            return times.relate(op, left, right)
        raise refusal(f"the operator or function {op[:40]!r} is not known.")

    def _range(self, op: str, args: list[Any]) -> Predicate:
        if op == "in":
            _count(op, args, 2)
            options = args[1] if isinstance(args[1], list) else [args[1]]
            value = self.operand(args[0])
            return comparison.one_of(value, [self.operand(option) for option in options])
        flat = [args[0], *args[1]] if len(args) == 2 and isinstance(args[1], list) else args
        _count(op, flat, 3)
        return comparison.between(*(self.operand(arg) for arg in flat))

    def operand(self, tree: Any) -> Operand:
        """Compile what has a value.

        Raises
        ------
        InvalidInput
            The tree is no such thing.
        """
        if not isinstance(tree, dict):
            return literal_operand(tree)
        if "property" in tree:
            return property_operand(tree["property"], self.schema)
        if "op" in tree:
            return self._calculated(tree)
        if "date" in tree:
            return date_operand(tree["date"])
        if "timestamp" in tree:
            return timestamp_operand(tree["timestamp"])
        if "interval" in tree:
            return self._interval(tree["interval"])
        if "bbox" in tree or "coordinates" in tree or "geometries" in tree:
            return shapes.geometry_operand(tree, self.crs)
        raise refusal(f"{str(tree)[:80]} is no expression of CQL2.")

    def _calculated(self, tree: dict[str, Any]) -> Operand:
        op, args = _operation(tree)
        if op in arithmetic.OPERATORS:
            _count(op, args, 2)
            return arithmetic.calculate(op, *(self.operand(arg) for arg in args))
        if op in texts.FOLDS:
            _count(op, args, 1)
            return texts.folded(op, self.operand(args[0]))
        return Operand("boolean", self.predicate(tree), op)

    def _interval(self, ends: Any) -> Operand:
        if not isinstance(ends, list) or len(ends) != 2:
            raise refusal("INTERVAL takes two ends; write '..' for an open one.")
        start, end = (None if end == times.OPEN else self.operand(end) for end in ends)
        return times.interval(start, end)


def _operation(tree: dict[str, Any]) -> tuple[str, list[Any]]:
    op, args = tree["op"], tree.get("args")
    if not isinstance(op, str):
        raise refusal(f"{str(op)[:40]!r} is no operator.")
    if isinstance(args, dict):
        args = [args]
    if not isinstance(args, list):
        raise refusal(f"the operator {op[:40]!r} has no list of arguments.")
    return op.lower(), args


def _count(op: str, args: list[Any], least: int, most: int | None = None) -> None:
    most = least if most is None else most
    if not least <= len(args) <= most:
        wanted = str(least) if most == least else f"{least} or more"
        raise refusal(f"{op[:40]!r} takes {wanted} arguments, not {len(args)}.")
