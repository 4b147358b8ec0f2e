// What lies under everything: land and sea; and which of three pictures fills the country, the
// classes by district, the surface or the forecast. Only ever one: colours laid over each other
// would be colours that the legend does not have.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const wanted = { risk: true, surface: false, forecast: false };
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
    if (on) Object.keys(wanted).forEach((other) => { wanted[other] = false; });
    wanted[name] = on;
  };
  // Surface, forecast and clusters are computed from all incidents: with a filter they would
  // show what was filtered out, so the districts' counts stand in.
  HM.ground = function () {
    const bands = ["surface", "forecast"].find((name) => wanted[name]);
    if (bands && !HM.filtered()) return bands;
    return wanted.risk || bands ? "risk" : "none";
  };
  HM.unfiltered = new Set(["surface", "forecast", "hotspots"]);

  HM.drawBands = function () {
    const bands = { surface: HM.data.surface, forecast: HM.data.forecast ? HM.data.forecast.bands : [] };
    for (const [name, drawn] of Object.entries(bands)) {
      HM.groups[name].clearLayers();
      if (HM.ground() !== name) continue;
      drawn.forEach((band) => HM.groups[name].addLayer(L.polygon(HM.latlngs(band.shape, HM.data.meta.scale),
        { pane: "hm-surface", interactive: false, stroke: false, fillColor: band.colour, className: "hm-" + name,
          fillOpacity: HM.data.meta.basemap ? 0.85 : 1 })));
    }
  };

  // The forecast's words in the reader's language, and its numbers for a district or a cell.
  HM.forecastWords = () => HM.data.forecast.words[HM.lang] || HM.data.forecast.words.en;
  HM.expected = ([mean, low, high]) => HM.rate(mean) + " (" + HM.t("interval90") + " " + HM.range(low, high) + ")";
  let middles = null;
  // The cells are squares of one grid: a place belongs to the cell whose middle is nearest.
  HM.cellAt = function (at) {
    const f = HM.data.forecast, scale = HM.data.meta.scale, shrink = Math.cos(at.lat * Math.PI / 180);
    if (!middles) {
      let x = 0, y = 0;
      middles = f.x.map((dx, i) => { x += dx; y += f.y[i]; return [x / scale, y / scale]; });
    }
    let best = -1, least = Infinity;
    middles.forEach(([x, y], i) => {
      const apart = ((x - at.lng) * shrink) ** 2 + (y - at.lat) ** 2;
      if (apart < least) { best = i; least = apart; }
    });
    return best < 0 ? null : [f.cells.mean[best], f.cells.low[best], f.cells.high[best]];
  };
})(window.HM = window.HM || {});
