"""The register as open data: catalogue records, a feed of changes, a package for HDX, notices.

Everything here shows the public view, whoever asks: it is made to be copied.
"""
