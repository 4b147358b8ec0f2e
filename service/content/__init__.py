"""What is said: the country, a district, its incidents, a ranking, a legend, a trend.

Each is one frozen value in the reader's language, with period, filter and weights applied
once; pages, print, offline tables and the map only lay it out.
"""
