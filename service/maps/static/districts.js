// The choropleth: one path a district, its class or its ground status, tooltip and popup.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";

  let pointed = null;
  HM.classes = ["very_low", "low", "medium", "high", "very_high"];

  // SVG patterns tell apart without colour: hatched = nothing known, dots = surveyed, grid = cleared.
  function patterns() {
    const p = (id, size, ...marks) => HM.svg("pattern", { id, width: size, height: size,
      patternUnits: "userSpaceOnUse", patternTransform: id === "hm-none" ? "rotate(45)" : "" },
    ...marks);
    const back = (fill) => HM.svg("rect", { width: 12, height: 12, fill });
    return HM.svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "hm-patterns" },
      HM.svg("defs", {},
        p("hm-none", 7, back("#f1f0ee"), HM.svg("rect", { width: 1.6, height: 7, fill: "#c3c0bb" })),
        p("hm-surveyed", 8, back("#eef4f8"), HM.svg("circle", { cx: 4, cy: 4, r: 1.3, fill: "#4d7ea8" })),
        p("hm-cleared", 9, back("#e6f2ec"), HM.svg("path", { d: "M0 4.5h9M4.5 0v9", stroke: "#3c8a68", "stroke-width": 1 })),
        p("hm-worked", 6, back("#f4a71880"), HM.svg("rect", { width: 3, height: 6, fill: "#c96f00" }))));
  }

  HM.fill = function (r, district) {
    if (r.cls >= 0) return HM.data.meta.colours[r.cls];
    if (r.incidents > 0) return "#d8d4cf";
    if (district.ground === "cleared") return "url(#hm-cleared)";
    if (district.ground === "surveyed_no_evidence") return "url(#hm-surveyed)";
    return "url(#hm-none)";
  };

  HM.classText = function (d) {
    const r = HM.now.rows[d], district = HM.data.districts[d];
    if (r.cls >= 0) return HM.t("risk_class." + HM.classes[r.cls]);
    if (r.incidents > 0) return HM.t("not-computed");
    return HM.t("ground_status." + (district.ground || "no_information"));
  };

  HM.summary = function (d) {
    const r = HM.now.rows[d];
    return HM.bothNames(HM.data.districts[d]) + ": " + HM.classText(d) + "; "
      + HM.t("incidents") + " " + HM.num(r.incidents) + ", " + HM.t("killed") + " "
      + HM.toll(r.killed) + ", " + HM.t("injured") + " " + HM.toll(r.injured);
  };

  // The rate that the class is made of, with its own interval.
  function headline(r, district) {
    const smooth = HM.data.meta.smoothed && !HM.filtered(), risk = district.risk;
    const limits = smooth ? [risk.slow, risk.shigh] : [r.low, r.high];
    return (smooth ? HM.t("smoothed") + " " : "") + HM.rate(r.headline) + " (" + HM.t("interval95") + " " + HM.range(...limits) + ")";
  }
  function tooltip(d) {
    const district = HM.data.districts[d], r = HM.now.rows[d], h = HM.h, ok = r.headline !== null && r.headline !== undefined;
    return h("div", { class: "hm-tip" },
      h("strong", {}, HM.bothNames(HM.data.districts[d])),
      h("div", {}, HM.classText(d)),
      h("div", {}, HM.t("incidents") + " " + HM.num(r.incidents) + " · " + HM.t("killed") + " "
        + HM.toll(r.killed) + " · " + HM.t("injured") + " " + HM.toll(r.injured)),
      ok && h("div", {}, headline(r, district) + " " + HM.unit()),
      HM.ground() === "forecast" && h("div", {}, HM.t("forecast-here", { period: HM.forecastWords().period }) + ": "
        + HM.expected(HM.data.forecast.districts[d])),
      !ok && h("div", {}, HM.t("could-be-up-to", { high: HM.rate(r.high), unit: HM.unit() })),
      ok && h("div", { class: "hm-conf" }, HM.t("confidence") + ": " + HM.confidence(r, district.risk)));
  }

  // In words, from the width of the interval: how many times the upper limit is the estimate.
  // Counts come in bursts, which only the smoothed rate's limits know of; fewer of them, as a
  // filter leaves, are no surer.
  HM.confidence = function (r, risk) {
    if (!(r.rate > 0) || !r.high) return HM.t("confidence.none");
    const times = Math.max(r.high / r.rate, risk.smoothed > 0 ? risk.shigh / risk.smoothed : 0);
    return HM.t(times < 1.5 ? "confidence.high" : times < 2.5 ? "confidence.medium" : "confidence.low");
  };

  HM.drawDistricts = function (group) {
    document.body.append(patterns());
    HM.paths = HM.data.districts.map((district, d) => {
      const path = L.polygon(HM.latlngs(district.shape, HM.data.meta.scale), {
        weight: 1, color: "#6d655c", className: "hm-district", bubblingMouseEvents: false });
      path.bindTooltip(() => tooltip(d), { sticky: true, className: "hm-tooltip", direction: "auto" });
      // Before Leaflet's own listener opens the popup, which asks what was pointed at.
      path.on("click", (e) => { pointed = e.latlng; HM.showCoordinates(e.latlng); });
      path.bindPopup(() => HM.districtPopup(d, pointed), HM.popupOptions);
      path.on("mouseover", () => path.setStyle({ weight: 2.5, color: "#1b1b1b" }).bringToFront());
      path.on("mouseout", () => path.setStyle({ weight: 1, color: "#6d655c" }));
      // Leaflet makes a new element each time the layer is shown.
      path.on("add", () => { keyboard(path.getElement(), d); if (HM.now) describe(path, d); });
      group.addLayer(path);
      return path;
    });
    HM.on("count", HM.restyleDistricts);
    HM.on("lang", HM.restyleDistricts);
  };

  HM.restyleDistricts = function () {
    const shown = HM.ground() === "risk", opacity = HM.data.meta.basemap ? 0.85 : 1;
    HM.paths.forEach((path, d) => {
      path.setStyle({ fillColor: HM.fill(HM.now.rows[d], HM.data.districts[d]), fillOpacity: shown ? opacity : 0 });
      describe(path, d);
    });
  };
  function describe(path, d) {
    const r = HM.now.rows[d], node = path.getElement();
    if (!node) return;
    node.setAttribute("aria-label", HM.summary(d));
    node.dataset.id = HM.data.districts[d].id;
    node.dataset.cls = r.cls >= 0 ? HM.classes[r.cls] : "no_information";
    node.dataset.incidents = r.incidents;
  }

  // One stop for the whole layer: arrows walk through the districts by name, Enter opens.
  function keyboard(node, d) {
    if (!node) return;
    node.setAttribute("tabindex", d === 0 ? "0" : "-1");
    node.setAttribute("role", "button");
    node.addEventListener("keydown", (event) => {
      if (HM.step(HM.paths.map((path) => path.getElement()), d, event)) return;
      if (event.key !== "Enter" && event.key !== " ") return;
      HM.openDistrict(d, false);
      event.preventDefault();
      event.stopPropagation();
    });
    // Not brought to the front: moving a node in the document takes the focus from it.
    node.addEventListener("focus", () => HM.paths[d].setStyle({ weight: 3, color: "#0b4f8a" }));
    node.addEventListener("blur", () => HM.paths[d].setStyle({ weight: 1, color: "#6d655c" }));
  }

  HM.openDistrict = function (d, zoom) {
    pointed = null;
    const [x, y] = HM.data.districts[d].label, at = [y, x];
    if (zoom) HM.map.fitBounds(HM.paths[d].getBounds(), { maxZoom: 10, animate: false, padding: [40, 40] });
    HM.paths[d].openPopup(at);
  };
})(window.HM = window.HM || {});
