"""The columns of districts and of gazetteer places."""

from geodata import codes
from geodata.codes import values_of
from geodata.schema import Column, FrameSchema

DISTRICTS = FrameSchema(
    "districts",
    "district_id",
    "MultiPolygon",
    (
        Column(
            "district_id", "text", "ISO 3166-2 code, or the id of the loaded file", required=True
        ),
        Column(
            "pcode", "text", "OCHA place code, unique within one edition", hxl="#adm1+code+v_pcodes"
        ),
        Column("name", "text", "Name shown by default", hxl="#adm1+name", required=True),
        Column("name_az", "text", "Name in Azerbaijani"),
        Column("name_en", "text", "Name in English"),
        Column("name_ru", "text", "Name in Russian"),
        Column("type", "text", "Kind of unit, e.g. rayon or city"),
        Column("area_km2", "number", "Geodesic area on WGS 84", unit="km2"),
        Column("population", "number", "Published population; read population_note", unit="people"),
        Column("population_note", "text", "Vintage of the population and its warning"),
        Column("valid_from", "date", "First day of the edition"),
        Column("valid_to", "date", "Last day of the edition; null while current"),
        Column("country", "text", "ISO 3166-1 alpha-2"),
        Column("level", "integer", "Administrative level of the unit, where the file says it"),
        Column("admin1_name", "text", "First-level unit that it lies in"),
        Column("admin1_code", "text", "Code of the first-level unit that it lies in"),
        Column("admin2_name", "text", "Second-level unit that it lies in"),
        Column("admin2_code", "text", "Code of the second-level unit that it lies in"),
        Column("aliases", "text", "Other spellings, joined by |"),
    ),
    start="valid_from",
    end="valid_to",
)

PLACES = FrameSchema(
    "places",
    "place_id",
    "Point",
    (
        Column("place_id", "text", "Id of the place", required=True),
        Column("kind", "text", "city, town, village, settlement or district"),
        Column("name", "text", "Name shown by default", required=True),
        Column("name_az", "text", "Name in Azerbaijani"),
        Column("name_en", "text", "Name in English"),
        Column("name_ru", "text", "Name in Russian"),
        Column("name_hy", "text", "Name in Armenian"),
        Column("aliases", "text", "Other spellings, joined by |"),
        Column("district_id", "text", "District it belongs to"),
        Column("country", "text", "ISO 3166-1 alpha-2"),
        Column("population", "number", "Population as GeoNames has it", unit="people"),
        Column("longitude", "number", "WGS 84 longitude; null = not known", unit="degrees"),
        Column("latitude", "number", "WGS 84 latitude; null = not known", unit="degrees"),
        Column("sensitivity", "text", "Who may see it in full", codes=values_of(codes.Sensitivity)),
    ),
)
