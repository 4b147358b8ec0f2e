// What lies under everything: land and sea; and which of two pictures of the risk fills the
// country, the classes by district or the surface. Never both: colours laid over each other
// would be colours that the legend does not have.
(function (HM) {
  "use strict";
  const wanted = { risk: true, surface: false };
  const PANES = { "hm-land": 150, "hm-surface": 390, "hm-labels": 450 };

  HM.setUpPanes = function () {
    for (const [name, level] of Object.entries(PANES)) {
      const pane = HM.map.createPane(name);
      pane.style.zIndex = level;
      pane.style.pointerEvents = "none";
    }
  };

  HM.drawLand = function () {
    document.querySelector(".hm-stage").classList.toggle("hm-no-land", !HM.data.land);
    if (!HM.data.land) return;
    L.polygon(HM.latlngs(HM.data.land, HM.data.meta.scale), { pane: "hm-land", interactive: false, className: "hm-land" })
      .addTo(HM.map);
  };

  HM.isGround = (name) => name in wanted;
  HM.wantsGround = (name) => wanted[name];
  HM.setGround = function (name, on) {
    wanted[name] = on;
    if (on) wanted[name === "risk" ? "surface" : "risk"] = false;
  };
  // The surface and the clusters are computed from all incidents: with a filter they would
  // show what was filtered out, so the districts' counts stand in.
  HM.ground = function () {
    if (wanted.surface && !HM.filtered()) return "surface";
    return wanted.risk || wanted.surface ? "risk" : "none";
  };
  HM.unfiltered = new Set(["surface", "hotspots"]);

  HM.drawSurface = function (group) {
    group.clearLayers();
    if (HM.ground() !== "surface") return;
    HM.data.surface.forEach((band) => group.addLayer(L.polygon(HM.latlngs(band.shape, HM.data.meta.scale),
      { pane: "hm-surface", interactive: false, stroke: false, fillColor: band.colour, className: "hm-surface",
        fillOpacity: HM.data.meta.basemap ? 0.85 : 1 })));
  };
})(window.HM = window.HM || {});
