"""Draw the icons of an installed app from the same shapes as ``icon.svg``.

Run ``python -m service.pages.draw_icons`` after changing the drawing.
"""

from pathlib import Path

from PIL import Image, ImageDraw

STATIC = Path(__file__).parent / "static"
DEEP, WARM = "#12303f", "#f2b134"
UNITS = 64
"""Side of the drawing, as in the view box of the SVG."""
FINER = 4
"""Drawn so many times larger and made small again, for smooth edges."""


def icon(side: int, *, maskable: bool = False) -> Image.Image:
    """Draw the icon.

    Parameters
    ----------
    maskable
        Whether the ground fills the square and the sign stays in the middle 80 %, as
        launchers that cut their own shape want it.
    """
    scale = side * FINER / UNITS
    shrink = 0.72 if maskable else 1.0

    def at(value: float) -> float:
        return (UNITS / 2 + (value - UNITS / 2) * shrink) * scale

    drawn = Image.new("RGBA", (side * FINER, side * FINER), DEEP if maskable else (0, 0, 0, 0))
    pen = ImageDraw.Draw(drawn)
    if not maskable:
        pen.rounded_rectangle((0, 0, UNITS * scale, UNITS * scale), 12 * scale, fill=DEEP)
    pen.polygon([(at(x), at(y)) for x, y in ((32, 9), (55, 32), (32, 55), (9, 32))], fill=WARM)
    pen.ellipse((at(24), at(24), at(40), at(40)), fill=DEEP)
    small = drawn.resize((side, side), Image.Resampling.LANCZOS)
    return small.quantize(32)


def main() -> None:
    """Write all icons."""
    for side in (192, 512):
        icon(side).save(STATIC / f"icon-{side}.png", optimize=True)
    icon(512, maskable=True).save(STATIC / "icon-maskable-512.png", optimize=True)


if __name__ == "__main__":
    main()
