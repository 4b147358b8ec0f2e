"""What stands on a printed sheet, read as text.

Poppler reads a page in a fifth of the time that pypdf takes: a map's drawing is most of it.
"""

import subprocess

from tests.needs import program


def pages_of(pdf: bytes) -> list[str]:
    """Give each page's words in the order in which they were set, with a blank between."""
    done = subprocess.run(
        [program("pdftotext"), "-raw", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return [" ".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


def text_of(pdf: bytes) -> str:
    """Give the words of all pages."""
    return " ".join(pages_of(pdf))
