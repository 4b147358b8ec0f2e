"""Sphinx: the pages of this folder and the docstrings of the library, as one site."""

import importlib.metadata

project = "hazardmap"
author = "The hazardmap contributors"
copyright = "the hazardmap contributors, Apache-2.0"  # noqa: A001 - the name that Sphinx reads
release = version = importlib.metadata.version("hazardmap")

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["images"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# Links into the repository (a test, the README) are for the forge; a build need not follow them.
suppress_warnings = ["myst.xref_missing", "myst.header"]

autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "show-inheritance": True}
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "furo"
html_title = "hazardmap"
html_static_path: list[str] = []
