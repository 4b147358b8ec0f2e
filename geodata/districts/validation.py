"""Validation of boundaries: every issue reported at once; shapes mended; overlaps and gaps."""

from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely

from geodata.crs import crossing, cut_at_180
from geodata.districts.geometry import geodesic_area_km2
from geodata.errors import InvalidInput
from geodata.wording import say

Severity = Literal["error", "warning", "note"]
_SHOWN = 5
_KEPT = 500


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong, or that was changed."""

    row: int | None
    """Position in the file, from 0; None where the file as a whole is meant."""
    id: str | None
    """The feature's id, where it has one."""
    problem: str
    """What is wrong and what to do, or what was done."""
    severity: Severity
    """``error`` keeps the file from being used; ``warning`` should be looked at; ``note`` says what
    was changed harmlessly."""
    field: str = "geometry"
    """The column, or ``geometry``."""

    @property
    def said(self) -> str:
        """The problem with its row."""
        if self.row is None:
            return self.problem
        return say("row {row}: {problem}", row=self.row, problem=self.problem)

    def as_detail(self) -> dict[str, Any]:
        """Write it as a detail of an error."""
        return {
            "field": self.field,
            "row": self.row,
            "id": self.id,
            "reason": self.problem,
            "severity": self.severity,
        }


@dataclass(frozen=True)
class BoundaryReport:
    """The districts read from a file and everything there is to say about them."""

    frame: gpd.GeoDataFrame | None
    """Districts of the schema DISTRICTS; None where an error makes that impossible."""
    issues: list[Issue]
    """Errors first, then warnings, then notes."""

    @property
    def errors(self) -> list[Issue]:
        """The issues that keep the file from being used."""
        return [c for c in self.issues if c.severity == "error"]

    def districts(self) -> gpd.GeoDataFrame:
        """Give the frame, or raise with every error.

        Raises
        ------
        InvalidInput
            There are errors (code ``bad-boundaries``); details hold all issues.
        """
        errors = self.errors
        if self.frame is not None and not errors:
            return self.frame
        shown = tuple(c.said for c in errors[:_SHOWN])
        if len(errors) > _SHOWN:
            shown += (say("and {number} more", number=len(errors) - _SHOWN),)
        raise InvalidInput(
            say("The boundaries cannot be used: {shown}.", shown=shown),
            code="bad-boundaries",
            details=[c.as_detail() for c in self.issues],
        )


def sorted_issues(issues: list[Issue]) -> list[Issue]:
    """Order issues by severity, then by row; keep the first 500 and count the rest."""
    order = {"error": 0, "warning": 1, "note": 2}
    ordered = sorted(issues, key=lambda c: (order[c.severity], -1 if c.row is None else c.row))
    if len(ordered) <= _KEPT:
        return ordered
    rest = ordered[_KEPT:]
    text = say("{number} further issues are not listed", number=len(rest))
    return [*ordered[:_KEPT], Issue(None, None, text, rest[0].severity)]


# Making a shape valid may change its area by this share and no more.
SAFE_SHARE = 1e-3
_POLYGONS = (3, 6)
_COLLECTION = 7


def mended(shapes: Any, ids: list[str]) -> tuple[np.ndarray, list[Issue]]:
    """Check shapes one by one and mend what is safe.

    Safe is: dropping heights, promoting to MultiPolygon, turning rings, taking the
    polygons out of a collection that holds nothing else of area, and undoing
    self-crossings that change the area by less than 0.1 %.

    Valid MultiPolygons, None where a shape cannot be used, and the issues.

    Parameters
    ----------
    shapes
        Array of shapely geometries in OGC:CRS84 (lon, lat).
    """
    result = np.array(shapes, dtype=object)
    said: list[Issue] = []
    cut = crossing(result)
    if cut.any():
        result[cut] = [cut_at_180(shape) for shape in result[cut]]
        text = say("{shapes} shapes over the 180th meridian were cut there", shapes=int(cut.sum()))
        said.append(Issue(None, None, text, "note"))
    for row, shape in enumerate(result):
        why = _unusable(shape)
        if why is not None:
            said.append(Issue(row, ids[row], why, "error"))
            result[row] = None
            continue
        flat = shapely.force_2d(shape)
        if not shapely.is_valid(flat):
            flat, issue = _valid(flat, row, ids[row])
            said.append(issue)
        result[row] = None if flat is None else _multi(flat)
    known = ~shapely.is_missing(result)
    result[known] = shapely.orient_polygons(result[known])
    return result, said + _summary(np.asarray(shapes, dtype=object), known)


def _unusable(shape: Any) -> str | None:
    if shape is None or shapely.is_empty(shape):
        return say("has no geometry; draw it or remove the row")
    coordinates = shapely.get_coordinates(shape)
    if not np.isfinite(coordinates).all():
        return say("has coordinates that are not finite")
    if (np.abs(coordinates) > (180.000001, 90.000001)).any():
        return say("has coordinates outside ±180 and ±90 degrees; is the coordinate system right?")
    kind = shapely.get_type_id(shape)
    if kind in _POLYGONS:
        return None
    if kind == _COLLECTION and (shapely.get_dimensions(shapely.get_parts(shape)) == 2).any():
        return None
    return say("is a {geom_type}, not a polygon", geom_type=shape.geom_type)


def _valid(shape: Any, row: int, name: str) -> tuple[Any, Issue]:
    reason = str(shapely.is_valid_reason(shape))
    fixed = _areal(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    before, after = (float(geodesic_area_km2([s])[0]) for s in (_areal(shape), fixed))
    # The plain area of a crossed ring is that of its loops with their signs.
    change = max(abs(after - before), _loops(shape, fixed)) / max(before, after, 1e-12)
    if shapely.is_empty(fixed) or not change <= SAFE_SHARE:
        text = say(
            "is not valid ({reason}) and cannot be mended without changing its area", reason=reason
        )
        return None, Issue(row, name, text, "error")
    text = say(
        "was not valid ({reason}); mended, its area changed by {change:.2g} of itself",
        reason=reason,
        change=change,
    )
    return fixed, Issue(row, name, text, "warning")


def _loops(shape: Any, fixed: Any) -> float:
    other = shapely.make_valid(shape, method="linework")
    difference = shapely.symmetric_difference(_areal(other), fixed)
    return float(geodesic_area_km2([_areal(difference)])[0])


def _areal(shape: Any) -> Any:
    parts = shapely.get_parts(shape)
    polygons = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
    return shapely.MultiPolygon(list(polygons)) if len(polygons) else shapely.MultiPolygon()


def _multi(shape: Any) -> Any:
    if shapely.get_type_id(shape) == _COLLECTION:
        return shapely.MultiPolygon(list(shapely.get_parts(shapely.union_all([_areal(shape)]))))
    return shapely.MultiPolygon(list(shapely.get_parts(shape)))


def _summary(before: np.ndarray, known: np.ndarray) -> list[Issue]:
    kinds = shapely.get_type_id(before)
    parts = shapely.get_parts(shapely.get_parts(before[known & np.isin(kinds, _POLYGONS)]))
    counts = (
        (int((known & (kinds == 3)).sum()), say("polygons were promoted to MultiPolygon")),
        (
            int((known & (kinds == _COLLECTION)).sum()),
            say("collections were reduced to their polygons"),
        ),
        (int((known & shapely.has_z(before)).sum()), say("shapes had heights, which were dropped")),
        (
            int((~shapely.is_ccw(shapely.get_exterior_ring(parts))).sum()),
            say("outer rings ran clockwise and were turned"),
        ),
    )
    return [Issue(None, None, say("{n} {what}", n=n, what=what), "note") for n, what in counts if n]


# Drawing is never exact: a shared strip below this share of the smaller district, or below
# this area, is a sliver.
SLIVER_SHARE, SLIVER_KM2 = 0.01, 1e-6
_LISTED = 50


def coverage_issues(shapes: np.ndarray, ids: list[str]) -> list[Issue]:
    """Find overlaps between districts and gaps enclosed by them.

    An overlap of more than 1 % of the smaller district is an error: its incidents could be
    either's. Lesser ones and gaps are warnings; nothing is mended, because only the owner of the
    boundaries knows where the line runs.

    Parameters
    ----------
    shapes
        Valid MultiPolygons in OGC:CRS84, None where one is missing.
    """
    known = np.flatnonzero(~shapely.is_missing(shapes))
    if len(known) < 2:
        return []
    fitting = shapes[known]
    issues = []
    if not shapely.coverage_is_valid(fitting):
        issues = _overlaps(shapes, known, ids)
    return issues + _gaps(fitting, np.array(ids, dtype=object)[known])


def _overlaps(shapes: np.ndarray, known: np.ndarray, ids: list[str]) -> list[Issue]:
    fitting = shapes[known]
    left, right = shapely.STRtree(fitting).query(fitting, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    shared = geodesic_area_km2(shapely.intersection(fitting[left], fitting[right]))
    areas = geodesic_area_km2(fitting)
    share = shared / np.maximum(np.minimum(areas[left], areas[right]), 1e-12)
    issues = []
    for pair in np.flatnonzero(shared > SLIVER_KM2)[np.argsort(-shared[shared > SLIVER_KM2])]:
        row, other = int(known[left[pair]]), ids[known[right[pair]]]
        text = say(
            "overlaps {other!r} by {shared:.3g} km2 ({share:.2%} of the smaller)",
            other=other,
            shared=shared[pair],
            share=share[pair],
        )
        severity = "error" if share[pair] > SLIVER_SHARE else "warning"
        issues.append(Issue(row, ids[row], text, severity))  # type: ignore[arg-type]
    return issues


def _gaps(fitting: np.ndarray, ids: np.ndarray) -> list[Issue]:
    union = shapely.union_all(fitting)
    holes = [
        shapely.get_interior_ring(part, number)
        for part in shapely.get_parts(union)
        for number in range(shapely.get_num_interior_rings(part))
    ]
    if not holes:
        return []
    gaps = shapely.polygons(holes)
    areas = geodesic_area_km2(gaps)
    tree = shapely.STRtree(fitting)
    issues = []
    for gap in np.argsort(-areas)[:_LISTED]:
        if areas[gap] <= SLIVER_KM2:
            continue
        around = sorted(set(ids[tree.query(gaps[gap], predicate="intersects")]))
        spot = shapely.point_on_surface(gaps[gap])
        text = say(
            "a gap of {areas:.3g} km2 near lon {x:.4f}, lat {y:.4f} between {around}: "
            "points in it lie in no district",
            areas=areas[gap],
            x=spot.x,
            y=spot.y,
            around=", ".join(around[:6]),
        )
        issues.append(Issue(None, None, text, "warning"))
    return issues
