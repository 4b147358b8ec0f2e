"""The token of next and prev links: the key of a feature, not a number of features.

A page begins behind (or ends before) a key in a fixed order, so features that are written
meanwhile neither shift the next page nor come twice.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from service.ogc.params.columns import SortKey
from service.ogc.params.query import bad

Direction = Literal["after", "before"]
_MAX = 4_096


@dataclass(frozen=True, slots=True)
class Token:
    """Where a page begins or ends.

    Attributes
    ----------
    direction
        Whether the page is after or before the key.
    values
        Values of the columns sorted by, null where unknown.
    feature_id
        Breaks ties, and is the whole key without a sort.
    """

    direction: Direction
    values: tuple[Any, ...]
    feature_id: str

    def write(self, sort: tuple[SortKey, ...]) -> str:
        """Give the token as the text of a parameter, bound to a sort order."""
        parts = [self.direction == "after", [str(k) for k in sort], self.values, self.feature_id]
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
        after, names, values, feature_id = orjson.loads(raw)
    except (ValueError, TypeError, binascii.Error):
        raise bad("token", "is none of this service; begin again without it.") from None
    plain = isinstance(values, list) and all(
        v is None or isinstance(v, str | int | float) for v in values
    )
    if names != [str(key) for key in sort] or not plain or len(values) != len(sort):
        raise bad("token", "belongs to another order (sortby); begin again without it.")
    if not isinstance(feature_id, str) or not isinstance(after, bool):
        raise bad("token", "is none of this service; begin again without it.")
    return Token("after" if after else "before", tuple(values), feature_id)
