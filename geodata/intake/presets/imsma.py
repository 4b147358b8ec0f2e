"""IMSMA: columns of accidents, victims and hazards as its exports and national systems name them.

The names are those of its data dictionary in `plain` form; what stands first in a field's list
is preferred. Columns that name people are not in the list: they are never taken.
"""

from collections.abc import Mapping, Sequence

from geodata.wording import plain

ACCIDENT: Mapping[str, str] = {
    "id": "accident localid|accident local id|accident id|accident guid|imsma id|local id|"
    "accident code|map id",
    "date": "date of accident|dateofaccident|accident date|date accident|accdate|start date",
    "local_time": "time of accident|timeofaccident|accident time",
    "accident_type": "accident type|type of accident|accident category|accidenttype",
    "device": "device category|device type|explosive hazard|eo category|ordnance category|"
    "ordnance type|type of device|cause of accident|mine uxo",
    "activity": "activity at time of accident|activity at time|activity|activity type",
    "latitude": "latitude|lat|point latitude|y|coordinate y|ycoord",
    "longitude": "longitude|lon|long|point longitude|x|coordinate x|xcoord",
    "coordinates": "mgrs|coordinates|utm|input coordinates",
    "admin1": "gazetteer level 1|gazetteer 1|admin level 1|province|governorate|level 1",
    "admin2": "gazetteer level 2|gazetteer 2|admin level 2|level 2",
    "district": "district|municipality|county",
    "admin3": "gazetteer level 3|gazetteer 3|admin level 3|sub district|commune|level 3",
    "place": "gazetteer level 4|gazetteer 4|gazetteer|location|location name|town|village|"
    "nearest town|nearest community|short description of location",
    "country": "country|gazetteer level 0|country name",
    "killed": "number killed|killed|total killed|no killed|fatalities|number of victims killed",
    "injured": "number injured|injured|total injured|no injured|number of victims injured",
    "casualties": "number of victims|victim count|total victims|victims total|number of casualties",
    "victim_outcome": "victim status|injury status|fatal injured|killed injured|injury type|"
    "condition|outcome|killed or injured|victim outcome",
    "victim_sex": "gender|sex|victim gender",
    "victim_age": "age at time of accident|age|victim age|age group",
    "victim_group": "victim type|victim category|civilian military|occupation category|"
    "military civilian",
    "source": "reported by|organisation|organization|data source|source of information|source",
    "source_date": "report date|date of report|reported date|date reported",
    "description": "description|narrative|accident description|comments",
}
"""Field of an incident to headers, likeliest first."""
HAZARD: Mapping[str, str] = {
    "operation_id": "hazard localid|hazard local id|ha localid|ha local id|"
    "hazreduc localid|hazard id|imsma id|"
    "hazardous area id|ha id|task id|polygon id|local id",
    "hazardous_area": "hazard category|hazcat|"
    "hazard type|type of hazardous area|ha type|land class|"
    "land classification|hazardous area type|classification|subtype",
    "area_planned_m2": "area size|areasize|area sqm|areasqm|area m2|reported area|polygon area|"
    "calculated area|hazard size|size sqm",
    "status": "status|hazard status|ha status|status enum|progress status",
    "actual_start": "start date|date of survey|survey date|date of report|dateofreport",
    "actual_end": "end date|completion date|status date",
    "organisation": "reported by|organisation|organization|survey organisation|operator",
}
"""Field of an operation to headers, likeliest first."""


def columns_of(known: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    """Find the columns of a table.

    Field to column; each column once.

    Examples
    --------
    >>> columns_of(ACCIDENT, ["accident_localid", "dateofaccident", "victim_name"])
    {'id': 'accident_localid', 'date': 'dateofaccident'}
    """
    headers = {plain(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for field, names in known.items():
        column = next((headers[n] for n in names.split("|") if n in headers), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found
