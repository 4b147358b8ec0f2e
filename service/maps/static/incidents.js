// Incidents: points in clusters where a point is known, a square count on the district
// where only the district is known. A district count is never drawn as a place.
(function (HM) {
  "use strict";
  let group, badges, index, live = [];

  function harmBar(killed, injured) {
    if (killed === null && injured === null) return null;
    return HM.h("span", { class: "hm-harm" },
      HM.h("b", { class: "k" }, HM.num(killed)), HM.h("b", { class: "i" }, HM.num(injured)));
  }
  function words(n, killed, injured) {
    return HM.t("incidents") + " " + HM.num(n) + ", " + HM.t("killed") + " " + HM.num(killed)
      + ", " + HM.t("injured") + " " + HM.num(injured);
  }
  function icon(kind, n, killed, injured, size) {
    const html = HM.h("span", { class: "hm-badge hm-" + kind }, HM.h("span", { class: "n" }, HM.num(n)),
      harmBar(killed, injured));
    return L.divIcon({ html, className: "hm-icon", iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
  }
  function marker(at, options, label, action) {
    const m = L.marker(at, options);
    m.on("add", () => m.getElement() && m.getElement().setAttribute("aria-label", label));
    m.on("click", action);
    return m;
  }

  HM.drawIncidents = function (layer) {
    group = layer;
    badges = L.layerGroup();
    group.addLayer(badges);
    HM.on("count", rebuild);
    HM.on("lang", rebuild);
    HM.map.on("moveend", () => {
      points();
      if (HM.now) districtBadges();
    });
  };

  function rebuild() {
    const inc = HM.data.incidents;
    index = new Supercluster({ radius: 56, extent: 256, maxZoom: 14, minPoints: 2,
      map: (p) => ({ killed: p.killed, injured: p.injured, kKnown: p.killed !== null, iKnown: p.injured !== null }),
      reduce: (sum, p) => {
        sum.killed = (sum.killed || 0) + (p.killed || 0);
        sum.injured = (sum.injured || 0) + (p.injured || 0);
        sum.kKnown = sum.kKnown || p.kKnown;
        sum.iKnown = sum.iKnown || p.iKnown;
      } });
    index.load(HM.now.drawn.filter((i) => inc.lon[i] !== null).map((i) => {
      const [killed, injured] = HM.harm(i);
      return { type: "Feature", properties: { i, killed, injured },
        geometry: { type: "Point", coordinates: [inc.lon[i] / 1e5, inc.lat[i] / 1e5] } };
    }));
    points();
    districtBadges();
  }

  function points() {
    live.forEach((m) => group.removeLayer(m));
    live = [];
    HM.room = [];
    if (!index) return;
    const b = HM.map.getBounds().pad(0.2), zoom = Math.floor(HM.map.getZoom());
    const box = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
    for (const f of index.getClusters(box, zoom)) {
      const [x, y] = f.geometry.coordinates;
      const m = f.properties.cluster ? cluster(f, [y, x]) : single(f.properties.i, [y, x]);
      const p = HM.map.latLngToContainerPoint([y, x]);
      HM.room.push({ x: p.x, y: p.y, size: f.properties.cluster ? HM.clusterSize(f.properties.point_count) : 24 });
      group.addLayer(m);
      live.push(m);
    }
  }

  HM.clusterSize = (n) => 32 + Math.min(14, 2.5 * Math.log2(n));

  function cluster(f, at) {
    const p = f.properties, n = p.point_count, size = HM.clusterSize(n);
    const killed = p.kKnown ? p.killed : null, injured = p.iKnown ? p.injured : null;
    const label = words(n, killed, injured);
    return marker(at, { icon: icon("cluster", n, killed, injured, size), title: label }, label, () => {
      const zoom = index.getClusterExpansionZoom(f.id);
      if (zoom > 14) list(at, index.getLeaves(f.id, 200).map((leaf) => leaf.properties.i), n);
      else HM.map.setView(at, zoom);
    });
  }

  function single(i, at) {
    const inc = HM.data.incidents, [killed, injured] = HM.harm(i);
    const label = HM.incidentTitle(i) + ", " + words(1, killed, injured);
    const fatal = killed > 0 ? " fatal" : "", vague = inc.where[i] > 1 ? " vague" : "";
    const html = HM.h("span", { class: "hm-point" + fatal + vague });
    const shape = L.divIcon({ html, className: "hm-icon", iconSize: [24, 24], iconAnchor: [12, 12] });
    return marker(at, { icon: shape, title: label }, label, () => {
      HM.openPopup(at, HM.incidentPopup(i));
      HM.showCoordinates(L.latLng(at));
    });
  }

  function list(at, rows, total) {
    HM.openPopup(at, HM.h("div", { class: "hm-popup" },
      HM.h("h3", {}, HM.t("incidents") + ": " + HM.num(total)), HM.incidentList(rows)));
  }

  // A count is no place, so it may move a little to stay clear of others; what finds no room
  // joins the nearest count, which then speaks for several districts.
  HM.room = [];
  HM.findRoom = function (at, size) {
    const p = HM.map.latLngToContainerPoint(at), tries = [[0, 0]];
    for (const r of [0.15, 0.3, 0.5, 0.9, 1.3]) {
      for (const [dx, dy] of [[0, 1], [0, -1], [1, 0], [-1, 0], [1, 1], [-1, -1], [1, -1], [-1, 1]]) tries.push([dx * r, dy * r]);
    }
    for (const [dx, dy] of tries) {
      const x = p.x + dx * (size + 2), y = p.y + dy * (size + 2);
      if (HM.room.some((r) => Math.abs(r.x - x) < (r.size + size) / 2 + 1 && Math.abs(r.y - y) < (r.size + size) / 2 + 1)) continue;
      const spot = { x, y, size };
      HM.room.push(spot);
      return Object.assign(spot, { at: HM.map.containerPointToLatLng([x, y]) });
    }
    return null;
  };

  function districtCounts() {
    const all = HM.data.meta.aggregated;
    return HM.now.rows.map((r, d) => ({ d, r, n: all ? r.incidents : r.districtOnly, harm: all ? [r.killed, r.injured] : r.only }))
      .filter((c) => c.n > 0.001).sort((a, b) => b.n - a.n);
  }
  const plus = (a, b) => (a === null ? b : b === null ? a : a + b);

  function districtBadges() {
    badges.clearLayers();
    const small = HM.map.getZoom() < 7, size = small ? 24 : 36, placed = [];
    for (const c of districtCounts()) {
      const [x, y] = HM.data.districts[c.d].label, spot = HM.findRoom([y, x], size);
      if (spot) placed.push(Object.assign(c, { spot, districts: [c.d] }));
      else if (!placed.length) {
        const p = HM.map.latLngToContainerPoint([y, x]);
        placed.push(Object.assign(c, { spot: { x: p.x, y: p.y, size, at: L.latLng(y, x) }, districts: [c.d] }));
      } else {
        const p = HM.map.latLngToContainerPoint([y, x]);
        const near = placed.reduce((a, b) => (Math.hypot(a.spot.x - p.x, a.spot.y - p.y) <= Math.hypot(b.spot.x - p.x, b.spot.y - p.y) ? a : b));
        near.n += c.n;
        near.harm = [plus(near.harm[0], c.harm[0]), plus(near.harm[1], c.harm[1])];
        near.districts.push(c.d);
      }
    }
    placed.forEach((c) => badges.addLayer(districtBadge(c, small, size)));
    HM.emit("badges");
  }

  function districtBadge(c, small, size) {
    const names = c.districts.map((d) => HM.name(HM.data.districts[d])).join(", ");
    let label = names + ": " + words(c.n, ...c.harm) + " – " + HM.t("district-only");
    const shared = c.districts.reduce((sum, d) => sum + HM.now.rows[d].shared, 0);
    if (shared) label += "; " + HM.t("ambiguous", { n: shared });
    const shape = small ? icon("square", c.n, null, null, size) : icon("square", c.n, ...c.harm, size);
    return marker(c.spot.at, { icon: shape, title: label, zIndexOffset: 500 }, label, () => {
      if (c.districts.length === 1) HM.openDistrict(c.d, false);
      else HM.map.fitBounds(L.latLngBounds(c.districts.map((d) => HM.paths[d].getBounds()).flatMap((b) => [b.getSouthWest(), b.getNorthEast()])), { animate: false });
    });
  }
})(window.HM = window.HM || {});
