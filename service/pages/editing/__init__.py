"""Forms in which an editor writes a record: fields, what was typed, conflicts, pages."""
