"""Files from strangers: told by their content, unpacked within bounds, read apart from the rest.

A file that somebody sent may be anything: a bomb, a pointer at the server's own files, a letter
to another host. It is told by what it holds and never by its name (`contents`), an archive gives
out its one data file and nothing else (`archives`), and GDAL and Arrow read it in a process of
its own (`reader`) that has no network, sees no other file and ends at its limits (`sandbox`).
"""
