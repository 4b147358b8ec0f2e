"""The token of next and prev links: the key of a feature, not a number of features.

A page begins behind (or ends before) a key in a fixed order, so features that are written
meanwhile neither shift the next page nor come twice.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from service.http.query import bad
from service.ogc.params.columns import SortKey

Direction = Literal["after", "before"]
MOST_FRONT = 10
"""Features from which older clients take the types of a layer's geometry and fields."""
_MAX = 8_192
_FOREIGN = (
    "was not given by this service. Follow the link next of an answer, or leave the token out to "
    "begin again."
)


@dataclass(frozen=True, slots=True)
class Token:
    """Where a page begins or ends.

    Attributes
    ----------
    direction
        Whether the page is after or before the key.
    values
        Values of the columns sorted by, null where unknown; without a sort, 0 for a
        feature with a geometry and 1 for one without.
    feature_id
        Breaks ties.
    front
        Without a sort: the features that the walk began with. They are kept, so that
        what is written meanwhile does not move within it.
    """

    direction: Direction
    values: tuple[Any, ...]
    feature_id: str
    front: tuple[str, ...] = ()

    def write(self, sort: tuple[SortKey, ...]) -> str:
        """Give the token as the text of a parameter, bound to a sort order."""
        parts = [
            self.direction == "after",
            [str(k) for k in sort],
            self.values,
            self.feature_id,
            self.front,
        ]
        return base64.urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()


def read_token(text: str | None, sort: tuple[SortKey, ...]) -> Token | None:
    """Read the parameter `token`.

    Parameters
    ----------
    text
        As a link of this service gave it; None = absent.
    sort
        The order of this request.

    Returns
    -------
    Token or None
        None when the parameter is absent.

    Raises
    ------
    InvalidInput
        It is none of this service's, or of another order.
    """
    if text is None:
        return None
    try:
        if len(text) > _MAX:
            raise ValueError
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        after, names, values, feature_id, front = orjson.loads(raw)
    except (ValueError, TypeError, binascii.Error):
        raise bad("token", _FOREIGN) from None
    plain = isinstance(values, list) and all(
        v is None or isinstance(v, str | int | float) for v in values
    )
    if names != [str(key) for key in sort] or not plain or len(values) != (len(sort) or 1):
        raise bad("token", "belongs to another order (sortby); leave it out to begin again.")
    ids = [feature_id, *front] if isinstance(front, list) and len(front) <= MOST_FRONT else [None]
    if not all(isinstance(one, str) for one in ids) or not isinstance(after, bool):
        raise bad("token", _FOREIGN)
    return Token("after" if after else "before", tuple(values), feature_id, tuple(front))
