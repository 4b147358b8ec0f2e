"""Where labels find room on a map: greedy, the most important first, none over another."""

from typing import Any

import numpy as np
import shapely

from service.drawing.canvas import Canvas

Box = tuple[float, float, float, float]
"""West, south, east, north in metres."""
EDGE = 2.0
"""Least distance of a label from the frame, in points."""
APART = 1.0
"""Least distance between labels side by side, in points."""
MARK = 2.2
"""Radius of a mark that a label rather leaves uncovered, in points."""
PER_POINT = 0.3
"""Cost of a mark that a name would cover; a label wholly outside its district costs 3."""
OUTSIDE = 3.0


class Room:
    """What is taken on a map, and what is still free.

    Parameters
    ----------
    canvas
        The map.
    marks
        x, y in rows of points that labels rather leave uncovered.
    """

    def __init__(self, canvas: Canvas, marks: Any) -> None:
        self.point = canvas.point
        self.marks = marks
        west, south, east, north = canvas.frame
        gap = EDGE * self.point
        self.frame = west + gap, south + gap, east - gap, north - gap
        self.taken = np.empty((0, 4))

    def take(self, box: Any) -> None:
        """Note that a box is used."""
        self.taken = np.vstack([self.taken, np.asarray(box, dtype=float)])

    def free(self, boxes: Any) -> Any:
        """Tell which boxes (rows of west, south, east, north) are free and in the frame."""
        west, south, east, north = self.frame
        inside = (
            (boxes[:, 0] >= west)
            & (boxes[:, 1] >= south)
            & (boxes[:, 2] <= east)
            & (boxes[:, 3] <= north)
        )
        wide = boxes + np.array([-APART, 0, APART, 0]) * self.point
        one, other = wide[:, None, :], self.taken[None, :, :]
        over = (
            (one[..., 0] < other[..., 2])
            & (one[..., 2] > other[..., 0])
            & (one[..., 1] < other[..., 3])
            & (one[..., 3] > other[..., 1])
        )
        return inside & ~over.any(axis=1)

    def covered(self, boxes: Any) -> Any:
        """Count the marks under each box."""
        if not len(self.marks):
            return np.zeros(len(boxes))
        (x, y), gap = self.marks.T, MARK * self.point
        under = (
            (x >= boxes[:, :1] - gap)
            & (x <= boxes[:, 2:3] + gap)
            & (y >= boxes[:, 1:2] - gap)
            & (y <= boxes[:, 3:] + gap)
        )
        return under.sum(axis=1)

    def pick(self, boxes: Any, cost: Any) -> Box | None:
        """Take the free box of the least cost, the earlier one of equals.

        Parameters
        ----------
        boxes
            Rows of west, south, east, north.
        cost
            One number a box; infinite is never taken.

        Returns
        -------
        tuple or None
            None where all is taken.
        """
        cost = np.where(self.free(boxes), cost, np.inf)
        best = int(np.argmin(cost))
        if not np.isfinite(cost[best]):
            return None
        west, south, east, north = (float(v) for v in boxes[best])
        self.take(boxes[best])
        return west, south, east, north

    def place(
        self,
        at: Any,
        size: tuple[float, float],
        shape: Any,
        *,
        steps: Any,
        outside: float,
        cover: float = PER_POINT,
    ) -> Box | None:
        """Find room for a label near a point, inside its district if that is possible.

        Parameters
        ----------
        at
            x, y where the label stands best.
        size
            Width and height in metres.
        shape
            The district's polygon.
        steps
            Offsets to try, in rows of shares of the width and of the height.
        outside
            Greatest share of the label that may be outside the district.
        cover
            Cost of a mark that is covered.

        Returns
        -------
        tuple or None
            None where there is no room.
        """
        middle = np.asarray(at) + steps * np.asarray(size)
        half = np.asarray(size) / 2
        boxes = np.hstack([middle - half, middle + half])
        first = boxes[:1]
        if self.free(first)[0] and not self.covered(first)[0]:
            shapely.prepare(shape)
            if shapely.contains_properly(shape, shapely.box(*first[0])):
                return self.pick(first, np.zeros(1))
        free = np.flatnonzero(self.free(boxes))
        if not len(free):
            return None
        drawn = shapely.box(*boxes[free].T)
        out = 1 - shapely.area(shapely.intersection(shape, drawn)) / (size[0] * size[1])
        away = np.hypot(*(steps[free] * np.asarray(size) / size[0]).T)
        cost = OUTSIDE * out + cover * self.covered(boxes[free]) + 0.4 * away
        return self.pick(boxes[free], np.where(out <= outside, cost, np.inf))


def grid(across: int, along: int, step_x: float, step_y: float) -> Any:
    """Give offsets on a grid, the middle first and then outwards."""
    x, y = np.meshgrid(np.arange(-across, across + 1), np.arange(-along, along + 1))
    steps = np.column_stack([x.ravel() * step_x, y.ravel() * step_y])
    order = np.lexsort((steps[:, 0], steps[:, 1], np.round(np.hypot(*steps.T), 6)))
    return steps[order]
