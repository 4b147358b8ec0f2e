// The other layers: names, hot spots, operations, hazardous areas, settlements,
// graticule; and the list of layers with their switches.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const h = (...args) => HM.h(...args);
  const still = { interactive: false };

  HM.layerNames = ["risk", "incidents", "hotspots", "surface", "forecast", "operations", "published", "areas", "places", "names", "graticule"];

  HM.setUpLayers = function (groups) {
    HM.groups = Object.assign({ names: L.layerGroup(), graticule: L.layerGroup() }, groups);
    HM.groups.names.addTo(HM.map);
    HM.groups.surface.addTo(HM.map);
    HM.groups.forecast.addTo(HM.map);
    HM.setUpPanes();
  };
  HM.drawLayers = function () {
    HM.drawLand();
    HM.drawDistricts(HM.groups.risk);
    HM.drawIncidents(HM.groups.incidents);
    areas();
    HM.map.on("moveend", HM.drawLabels);
    HM.on("lang", HM.drawLabels);
    HM.on("badges", () => {
      marked = [];
      operations();
      HM.drawPublished();
    });
    HM.on("count", hotspots);
    HM.on("count", HM.drawBands);
  };

  HM.hasLayer = (name) => ({
    surface: HM.data.surface.length > 0, forecast: HM.data.forecast !== null, operations: HM.data.operations.length > 0,
    published: HM.data.published.rows.length > 0,
    areas: HM.areas().length > 0, places: HM.data.places.some((p) => p.x !== null) }[name] !== false);
  // Polygons that say something of the ground: hazardous areas, surveyed and cleared ground.
  HM.areas = () => HM.data.operations.filter((o) => o.shape && o.area);
  HM.anySpot = (kind) => HM.data.clusters.some((c) => c.shape && (!kind || c.kind === kind));
  // Districts stay on the map whatever fills them, so that they can always be opened.
  HM.isShown = (name) => (HM.isGround(name) ? HM.wantsGround(name) : HM.map.hasLayer(HM.groups[name]));
  HM.showLayer = function (name, on) {
    if (HM.isGround(name)) HM.setGround(name, on);
    else if (on !== HM.isShown(name)) HM.map[on ? "addLayer" : "removeLayer"](HM.groups[name]);
    if (!HM.now || !HM.paths) return;
    if (HM.isGround(name)) {
      HM.restyleDistricts();
      HM.drawBands();
    }
    if (["areas", "operations", "published"].includes(name)) HM.redrawIncidents();
    HM.emit("layers");
    HM.emit("view");
    HM.drawLabels();
  };

  // Outlines only, so that the districts under them can be opened; the line itself says why.
  const OUTLINES = { hot: { color: "#7a0177" }, cold: { color: "#08519c", dashArray: "2 7" },
    emerging: { color: "#b3400a", dashArray: "10 5" } };
  function hotspots() {
    HM.groups.hotspots.clearLayers();
    if (HM.filtered()) return;
    HM.data.clusters.filter((c) => c.shape).forEach((cluster) => {
      const drawn = L.polygon(HM.latlngs(cluster.shape, HM.data.meta.scale), Object.assign({ fill: false, weight: 4,
        className: "hm-cluster-" + cluster.kind }, OUTLINES[cluster.kind]));
      drawn.bindPopup(() => clusterText(cluster), HM.popupOptions);
      HM.groups.hotspots.addLayer(drawn);
    });
  }
  function clusterText(c) {
    const line = (...parts) => h("span", { class: "hm-line" }, ...parts);
    return h("div", { class: "hm-popup", lang: HM.lang },
      h("h2", {}, HM.t("cluster." + c.kind)),
      h("p", {}, c.districts.map((d) => HM.bothNames(HM.data.districts[d])).join(", ")),
      h("p", {}, line(HM.days(c.first, c.last)),
        line(HM.t("cluster-counts", { observed: HM.num(c.observed, 1), expected: HM.num(c.expected, 1) })),
        line(HM.t("cluster-p", { p: HM.num(c.p, 4) })),
        c.every ? line(HM.t("cluster-every", { years: HM.num(c.every / 365.25, 0) })) : null));
  }

  HM.operationText = function (o) {
    const dates = o.first === null ? "" : o.last === null || o.last === undefined
      ? HM.t("since", { day: HM.day(o.first) }) : HM.days(o.first, o.last);
    return h("div", { class: "hm-popup", lang: HM.lang },
      h("h2", {}, HM.t("kind." + o.kind) + " – " + HM.t("status." + o.status)),
      h("p", {}, [o.organisation, dates, o.personnel !== null && HM.t("personnel") + ": " + HM.num(o.personnel)]
        .filter(Boolean).map((text) => h("span", { class: "hm-line" }, text))),
      o.districts.length ? h("p", {}, o.districts.map((d) => HM.bothNames(HM.data.districts[d])).join(", ")) : null,
      o.planned && h("p", {}, HM.t("area-planned") + ": " + HM.num(o.planned / 10000, 1) + " ha"),
      o.done && h("p", {}, HM.t("area-done") + ": " + HM.num(o.done / 10000, 1) + " ha"),
      o.note && h("p", {}, o.note),
      o.sources.length ? h("p", {}, HM.sourceLinks(o.sources)) : null);
  };

  // Made anew whenever the map has moved, which it does to show a popup: so that is the map's own.
  function operations() {
    const group = HM.groups.operations;
    group.clearLayers();
    if (!HM.isShown("operations")) return;
    const byDistrict = new Map();
    HM.data.operations.forEach((o) => {
      // Its ground has colours of its own, which another fill would mix with.
      if (o.shape && !(o.area && HM.isShown("areas"))) {
        const drawn = L.polygon(HM.latlngs(o.shape, HM.data.meta.scale), { color: "#14532d", weight: 2,
          dashArray: o.status === "completed" ? null : "6 4", fillColor: "#3c8a68", fillOpacity: 0.3 });
        drawn.on("click", (e) => {
          L.DomEvent.stop(e);
          HM.openPopup(e.latlng, HM.operationText(o));
        });
        group.addLayer(drawn);
      }
      o.districts.forEach((d) => byDistrict.set(d, (byDistrict.get(d) || []).concat(o)));
    });
    byDistrict.forEach((found, d) => group.addLayer(operationMark(found, d)));
  }

  // One mark a district, beside the count of its incidents; the first of its signs, each with its
  // width, that finds room. The popup is the map's own here too.
  let marked = [];
  HM.districtMark = function (d, signs, label, content) {
    const [x, y] = HM.data.districts[d].label;
    let spot = null, sign, width;
    for ([width, sign] of signs) {
      spot = HM.findRoom([y, x], width, 24);
      if (spot) break;
    }
    const at = spot ? spot.at : [y, x], anchor = spot ? [width / 2, 12] : [-8, 34];
    const icon = L.divIcon({ className: "hm-icon", iconSize: [width, 24], iconAnchor: anchor, html: sign });
    const m = HM.marker(at, { icon, zIndexOffset: 400 }, label, () => HM.openPopup(at, content()));
    marked.push(m);
    return m;
  };
  HM.districtMarks = () => marked;
  function operationMark(found, d) {
    const kinds = Array.from(new Set(found.map((o) => o.kind)));
    const label = HM.name(HM.data.districts[d]) + ": " + found.map((o) => HM.t("kind." + o.kind) + ", " + HM.t("status." + o.status)).join("; ");
    const letter = kinds.length > 1 ? String(found.length) : HM.t("kind." + kinds[0]).slice(0, 1).toUpperCase();
    return HM.districtMark(d, [[24, h("span", { class: "hm-op", "aria-hidden": "true" }, letter)]], label,
      () => h("div", {}, found.map((o) => HM.operationText(o))));
  }

  // Colours that mine action uses: confirmed red, suspected orange; red line open, orange
  // patterned line worked on. Ground that a survey or clearance speaks of has its own.
  HM.areaStyle = {
    cha: { fillColor: "#FF0000", fillOpacity: 0.5 }, sha: { fillColor: "#F4A718", fillOpacity: 0.5 },
    recorded: { fillColor: "#FF0000", fillOpacity: 0.5 },
    surveyed_no_evidence: { fillColor: "url(#hm-surveyed)", fillOpacity: 1 },
    cleared: { fillColor: "url(#hm-cleared)", fillOpacity: 1 },
    no_information: { fillColor: "url(#hm-none)", fillOpacity: 1 } };
  function areas() {
    HM.areas().forEach((o) => {
      const worked = o.status === "under_way";
      const line = worked ? { color: "#c96f00", weight: 2.5, dashArray: "7 4" } : { color: "#c00000", weight: 2 };
      const safe = o.area === "cleared" || o.area === "surveyed_no_evidence" ? { color: "#2f6f54", weight: 1.5 } : line;
      const drawn = L.polygon(HM.latlngs(o.shape, HM.data.meta.scale), Object.assign({ className: "hm-area-" + o.area }, safe,
        HM.areaStyle[o.area]));
      drawn.bindPopup(() => h("div", { class: "hm-popup" }, h("p", { class: "hm-class" }, h("span", { class: "hm-swatch area-" + o.area }),
        HM.t("area." + o.area)), HM.operationText(o)), HM.popupOptions);
      HM.groups.areas.addLayer(drawn);
    });
  }

  // A name is best inside its own district.
  function inside(at, d) {
    return HM.paths[d].getLatLngs().some(([ring]) => {
      let odd = false;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const a = ring[i], b = ring[j];
        if ((a.lat > at.lat) !== (b.lat > at.lat)
          && at.lng < ((b.lng - a.lng) * (at.lat - a.lat)) / (b.lat - a.lat) + a.lng) odd = !odd;
      }
      return odd;
    });
  }

  // Names that would overlap are left out; districts with incidents come first.
  HM.drawLabels = function () {
    const { names, places } = HM.groups, zoom = HM.map.getZoom();
    names.clearLayers();
    places.clearLayers();
    const bounds = HM.map.getBounds(), taken = HM.isShown("incidents") ? HM.takenRoom() : HM.controlRoom();
    const free = (at, width, height) => {
      const p = HM.map.latLngToContainerPoint(at);
      const box = [p.x - width / 2, p.y - height / 2, p.x + width / 2, p.y + height / 2];
      if (!HM.onStage(p.x, p.y, width, height)) return false;
      if (taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1])) return false;
      taken.push(box);
      return true;
    };
    const put = (group, at, text, className) => group.addLayer(L.marker(at, { interactive: false, keyboard: false,
      pane: "hm-labels", icon: L.divIcon({ className: "hm-label " + className, html: h("span", {}, text), iconSize: [0, 0] }) }));
    if (HM.isShown("names") && HM.now) {
      const order = HM.data.districts.map((_, d) => d).sort((a, b) => HM.now.rows[b].incidents - HM.now.rows[a].incidents
        || HM.data.districts[b].area - HM.data.districts[a].area);
      order.forEach((d) => {
        const district = HM.data.districts[d], [x, y] = district.label, r = HM.now.rows[d], at = [y, x];
        if (!bounds.contains(at)) return;
        const text = HM.name(district), width = text.length * 7.2 + 4, wide = HM.paths[d].getBounds();
        const pixels = HM.map.latLngToContainerPoint(wide.getNorthEast()).x - HM.map.latLngToContainerPoint(wide.getSouthWest()).x;
        if (r.incidents <= 0 && text.length * 6 > pixels * 1.1) return;
        // Beside the count of a district, where there is one.
        const beside = width / 2 + 22, tries = r.incidents > 0
          ? [[0, 0], [0, 29], [0, -29], [beside, 0], [-beside, 0], [0, 46], [0, -46]] : [[0, 0]];
        const spots = tries.map((by) => HM.map.containerPointToLatLng(HM.map.latLngToContainerPoint(at).add(by)));
        const own = spots.filter((spot) => inside(spot, d)), spot = own.concat(spots.filter((s) => !own.includes(s)))
          .find((s) => free(s, width, 14));
        if (spot) put(names, spot, text, "hm-district-name");
      });
    }
    if (!HM.isShown("places")) return;
    HM.data.places.forEach((p) => {
      if (p.x === null || !bounds.contains([p.y, p.x])) return;
      const at = [p.y, p.x];
      if (zoom < 9 && p.people < 50000) return;
      places.addLayer(L.circleMarker(at, { interactive: false, radius: 3, weight: 1, color: "#222", fillColor: "#fff", fillOpacity: 1 }));
      const text = HM.name(p), spot = HM.map.latLngToContainerPoint(at).add([0, -9]);
      if (free(HM.map.containerPointToLatLng(spot), text.length * 5.6 + 4, 12)) {
        put(places, HM.map.containerPointToLatLng(spot), text, "hm-place-name");
      }
    });
  };

  HM.drawGraticule = function () {
    const group = HM.groups.graticule;
    group.clearLayers();
    if (!HM.isShown("graticule")) return;
    const b = HM.map.getBounds(), width = b.getEast() - b.getWest();
    const step = [10, 5, 2, 1, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01].find((s) => width / s >= 4) || 0.01;
    const line = (points) => group.addLayer(L.polyline(points, Object.assign({ color: "#333", weight: 0.7, opacity: 0.7 }, still)));
    const mark = (at, text, side) => group.addLayer(L.marker(at, { interactive: false, keyboard: false, pane: "hm-labels",
      icon: L.divIcon({ className: "hm-label hm-grid " + side, html: h("span", {}, text), iconSize: [0, 0] }) }));
    const digits = step < 0.1 ? 2 : step < 1 ? 2 : 0;
    const degrees = (v, signs) => HM.num(Math.abs(v), digits) + "° " + HM.t(v < 0 ? signs[1] : signs[0]);
    for (let x = Math.ceil(b.getWest() / step) * step; x < b.getEast(); x += step) {
      line([[b.getSouth(), x], [b.getNorth(), x]]);
      mark([b.getNorth(), x], degrees(x, ["east", "west"]), "top");
    }
    for (let y = Math.ceil(b.getSouth() / step) * step; y < b.getNorth(); y += step) {
      line([[y, b.getWest()], [y, b.getEast()]]);
      mark([y, b.getWest()], degrees(y, ["north", "south"]), "left");
    }
  };
})(window.HM = window.HM || {});
