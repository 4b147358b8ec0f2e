"""Run by the system's Python: what QGIS sees of the service, as JSON on standard output.

Arguments: address of the service, folder for pictures.
"""

import json
import sys
from pathlib import Path
from urllib.request import urlretrieve

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeatureRequest,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage


def oapif(address: str, name: str) -> QgsVectorLayer:
    return QgsVectorLayer(f"url='{address}/' typename='{name}' pageSize='500'", name, "OAPIF")


def drawn(layers: list, path: Path, box: QgsRectangle, crs: str) -> tuple[set, list]:
    """Draw layers; gives the colours of the picture and the names that are written on it."""
    asked = QgsMapSettings()
    asked.setLayers(layers)
    asked.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    asked.setExtent(box)
    asked.setOutputSize(QSize(500, 400))
    asked.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(asked)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(str(path))
    points = image.convertToFormat(QImage.Format_RGB32)
    content = memoryview(points.constBits().asstring(points.sizeInBytes()))
    colours = {QColor(point).name() for point in {*content.cast("I")}}
    return colours, [one.labelText for one in job.takeLabelingResults().allLabels()]


def features(address: str, folder: Path) -> dict:
    incidents, districts = oapif(address, "incidents"), oapif(address, "districts")
    found = {"valid": [incidents.isValid(), districts.isValid()]}
    rows = list(incidents.getFeatures())
    found["ids"] = len({row["incident_id"] for row in rows})
    found["rows"] = len(rows)
    found["date"] = incidents.fields().field("date_start").typeName()
    found["killed"] = incidents.fields().field("killed").typeName()
    box = QgsRectangle(46.5, 39.5, 47.0, 40.0)
    found["box"] = sum(1 for _ in incidents.getFeatures(QgsFeatureRequest().setFilterRect(box)))
    found["districts"] = sum(1 for _ in districts.getFeatures())
    layers, box = [incidents, districts], districts.extent()
    found["colours"] = len(drawn(layers, folder / "features.png", box, "OGC:CRS84")[0])
    return found


def tiles(address: str, folder: Path) -> dict:
    path = "collections/districts/tiles/WebMercatorQuad/{z}/{y}/{x}"
    layer = QgsVectorTileLayer(f"type=xyz&url={address}/{path}&zmin=0&zmax=14", "tiles")
    crs = QgsCoordinateReferenceSystem("EPSG:3857")
    turn = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("OGC:CRS84"), crs, QgsProject.instance()
    )
    box = turn.transformBoundingBox(QgsRectangle(46.0, 39.2, 47.6, 40.6))
    return {
        "valid": layer.isValid(),
        "zooms": [layer.sourceMinZoom(), layer.sourceMaxZoom()],
        "colours": len(drawn([layer], folder / "tiles.png", box, "EPSG:3857")[0]),
    }


def styled(address: str, folder: Path) -> dict:
    """Open the project, then each style by itself on the layer of risk."""
    path = folder / "hazardmap.qgz"
    urlretrieve(f"{address}/qgis/hazardmap.qgz", path)
    project = QgsProject.instance()
    found = {"read": project.read(str(path)), "layers": {}, "styles": {}}
    nodes = project.layerTreeRoot().findLayers()
    for node in nodes:
        layer = node.layer()
        found["layers"][node.name()] = [layer is not None and layer.isValid(), node.isVisible()]
    risk = next(n.layer() for n in nodes if "typename='risk'" in n.layer().source())
    box = risk.extent()
    visible = [node.layer() for node in nodes if node.isVisible()]
    found["project"] = sorted(drawn(visible, folder / "project.png", box, "OGC:CRS84")[0])
    for form, suffix in (("qml", "qml"), ("sld10", "sld"), ("sld11", "sld")):
        layer, style = oapif(address, "risk"), folder / f"{form}.{suffix}"
        urlretrieve(f"{address}/styles/risk?f={form}", style)
        load = layer.loadNamedStyle if suffix == "qml" else layer.loadSldStyle
        loaded = load(str(style))[1]
        colours, names = drawn([layer], folder / f"{form}.png", box, "OGC:CRS84")
        rules = [rule.label() for rule in layer.renderer().rootRule().children()]
        found["styles"][form] = {
            "loaded": loaded,
            "colours": sorted(colours),
            "rules": rules,
            "names": names,
            "weight": layer.labeling().settings().format().font().weight(),
        }
    return found


def main() -> None:
    address, folder = sys.argv[1], Path(sys.argv[2])
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    try:
        found = {
            "features": features(address, folder),
            "tiles": tiles(address, folder),
            "styled": styled(address, folder),
        }
        print(json.dumps(found))
    finally:
        QgsProject.instance().clear()
        application.exitQgis()


if __name__ == "__main__":
    main()
