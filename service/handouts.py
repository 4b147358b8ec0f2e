"""What is made to be handed out: the public view, unless the full one is taken on purpose.

A map, a sheet, an atlas, an exported layer or a download goes on to people whom nobody
knows. So each of them is made from `handed_out`, shows what everybody may see, and shows
more only where somebody with the right asks for it by ``full``. Whatever is made from a
full view says "not for distribution" by `notice_of`: on every page, in every layer, and in
the name of the file by `marked`.
"""

from dataclasses import replace
from pathlib import PurePath
from typing import Protocol

from geodata.formats import FormatOptions
from geodata.register import Snapshot
from geodata.register.public import Location
from service.i18n import N_, translator_of

NOTICE = N_("Not for distribution: shows restricted records in full")
MARK = "not-for-distribution"
ASKED = "full"
"""The parameter, and the flag, that takes the full view on purpose."""


class Viewed(Protocol):
    """What says in which view it is: a snapshot, or what was made of one."""

    @property
    def view(self) -> str:
        """``full`` or ``public``."""


def handed_out(snapshot: Snapshot, location: Location, *, full: bool = False) -> Snapshot:
    """Give the view that something to be handed out is made from."""
    return snapshot if full else snapshot.public(location)


def notice_of(snapshot: Viewed, lang: str) -> str:
    """Give the sentence that whatever is made from this view bears; empty for the public view."""
    return translator_of(lang).gettext(NOTICE) if snapshot.view == "full" else ""


def marked(name: str, snapshot: Viewed) -> str:
    """Give the name of a file or layer made from this view.

    Of the full view with the mark before the suffix, e.g. ``risk-map-not-for-distribution.pdf``; a
    name that has it stays.

    Parameters
    ----------
    name
        With its suffix, e.g. ``risk-map.pdf``; a layer has none.
    """
    if snapshot.view != "full" or MARK in name:
        return name
    suffix = ".shp.zip" if name.endswith(".shp.zip") else PurePath(name).suffix
    return f"{name.removesuffix(suffix)}-{MARK}{suffix}"


def file_options(options: FormatOptions, layer: str, snapshot: Viewed, lang: str) -> FormatOptions:
    """Give the options of a file made from this view: the full one names itself inside too."""
    notice = notice_of(snapshot, lang)
    return replace(options, title=marked(layer, snapshot), notice=notice) if notice else options
