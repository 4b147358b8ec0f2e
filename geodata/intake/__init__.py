"""Files into the register: any table or layer of incidents, with an outcome for every row."""

from geodata.intake.file_report import FileReport
from geodata.intake.files.source import open_source
from geodata.intake.identity import slug
from geodata.intake.importing import Kind, import_file
from geodata.intake.mapping import ColumnMapping, map_columns
from geodata.intake.plan import Choices
from geodata.intake.profiles import profile_path
from geodata.untrusted.limits import DEFAULT_LIMITS, Limits

__all__ = [
    "DEFAULT_LIMITS",
    "Choices",
    "ColumnMapping",
    "FileReport",
    "Kind",
    "Limits",
    "import_file",
    "map_columns",
    "open_source",
    "profile_path",
    "slug",
]
