"""Pages for people: values in, HTML out. Nothing here knows HTTP or the framework."""
