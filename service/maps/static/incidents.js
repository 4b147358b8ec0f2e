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
    HM.map.on("moveend", points);
    HM.map.on("zoomend", () => HM.now && districtBadges());
  };

  function rebuild() {
    const inc = HM.data.incidents;
    index = new Supercluster({ radius: 46, maxZoom: 14, minPoints: 2,
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
    if (!index) return;
    const b = HM.map.getBounds().pad(0.2), zoom = Math.round(HM.map.getZoom());
    const box = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
    for (const f of index.getClusters(box, zoom)) {
      const [x, y] = f.geometry.coordinates;
      const m = f.properties.cluster ? cluster(f, [y, x]) : single(f.properties.i, [y, x]);
      group.addLayer(m);
      live.push(m);
    }
  }

  function cluster(f, at) {
    const p = f.properties, n = p.point_count, size = 34 + Math.min(18, 4 * Math.log2(n));
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

  function districtBadges() {
    badges.clearLayers();
    const small = HM.map.getZoom() < 7;
    HM.now.rows.forEach((r, d) => {
      const n = HM.data.meta.aggregated ? r.incidents : r.districtOnly;
      if (!(n > 0.001)) return;
      const district = HM.data.districts[d], [x, y] = district.label;
      const harm = HM.data.meta.aggregated ? [r.killed, r.injured] : r.only;
      let label = HM.name(district) + ": " + words(n, ...harm) + " – " + HM.t("district-only");
      if (r.shared) label += "; " + HM.t("ambiguous", { n: r.shared });
      const m = marker([y, x], { icon: small ? icon("square", n, null, null, 24) : icon("square", n, ...harm, 36), title: label, zIndexOffset: 500 },
        label, () => HM.openDistrict(d, false));
      badges.addLayer(m);
    });
  }
})(window.HM = window.HM || {});
