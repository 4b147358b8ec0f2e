"""Who reads a page, in which language and where it stands: what every page needs to know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit


def _quoted(path: str) -> str:
    # Ids of districts may hold anything: "A B", "x#1", "y?2", "p%2Fq"; a slash parts no less.
    return quote(path, safe="/:@!$&'()*+,;=-._~")


@dataclass(frozen=True, slots=True)
class View:
    """One reader's view of one page.

    Attributes
    ----------
    lang
        Language of the page.
    url
        The page's own address with its query, absolute where known.
    root
        What stands before every path, without a final slash: empty, or the path behind
        a proxy.
    keep_lang
        Whether links carry `lang`, because the reader chose it on the page.
    role, name
        The caller's role and the name of the key; the public has the role ``public``.
    token
        Token against cross-site requests, put into every form that writes.
    embed
        Whether the page stands in another page's frame, without header and footer.
    damaged
        Whether the register was found damaged: each page says so.
    """

    lang: str = "en"
    url: str = "/"
    root: str = ""
    keep_lang: bool = False
    role: str = "public"
    name: str = ""
    token: str = ""
    embed: bool = False
    damaged: bool = False

    @property
    def path(self) -> str:
        """The page's path as the application sees it, without root and query."""
        return urlsplit(self.url).path.removeprefix(self.root) or "/"

    @property
    def query(self) -> list[tuple[str, str]]:
        """The page's parameters in their order."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=False)

    @property
    def origin(self) -> str:
        """Scheme and host, empty if the address is not absolute."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    def may(self, role: str) -> bool:
        """Say whether the reader has at least `role`."""
        order = ("public", "analyst", "editor", "admin")
        return order.index(self.role) >= order.index(role)

    def href(self, path: str, **parameters: Any) -> str:
        """Give the link to a path of the service, in the reader's language.

        Parameters
        ----------
        path
            Path from the root of the service, e.g. ``/incidents``.
        **parameters
            Query; null and empty ones are left out, underscores become hyphens, and one
            at the end (``from_``) goes.
        """
        named = {k.rstrip("_").replace("_", "-"): v for k, v in parameters.items()}
        pairs = [(k, v) for k, v in named.items() if v not in (None, "")]
        if self.keep_lang and "lang" not in parameters:
            pairs.append(("lang", self.lang))
        return self.root + _quoted(path) + (f"?{urlencode(pairs)}" if pairs else "")

    def here(self, **changes: Any) -> str:
        """Give the link to this page with some parameters changed; null removes one."""
        names = {k.rstrip("_").replace("_", "-"): v for k, v in changes.items()}
        pairs = [(k, v) for k, v in self.query if k not in names]
        pairs += [(k, str(v)) for k, v in names.items() if v not in (None, "")]
        return self.root + self.path + (f"?{urlencode(pairs)}" if pairs else "")

    def absolute(self, link: str) -> str:
        """Give a link of `href` or `here` with scheme and host where they are known."""
        return link if "://" in link else self.origin + link


def as_view(view: "View | str", page: Mapping[str, Any] | None = None) -> View:
    """Take a view, or a bare language with the page's ``self`` link as its address."""
    if isinstance(view, View):
        return view
    links: Iterable[Mapping[str, Any]] = (page or {}).get("links", ())
    own = next((str(k["href"]) for k in links if k.get("rel") == "self"), "/")
    return replace(View(), lang=view, url=own)
