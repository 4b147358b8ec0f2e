// Incidents at known places: single marks, and groups whose badge tells incidents, killed
// and injured. What is known only by district is in badges.js, never here.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  let group, live = [];

  // Drawn by the style: as text they would be read as one number, "213", with the count.
  HM.harmBar = function (killed, injured) {
    if (killed[0] === null && injured[0] === null) return null;
    return HM.h("span", { class: "hm-harm", "aria-hidden": "true" },
      HM.h("b", { class: "k", "data-n": HM.toll(killed, 0) }), HM.h("b", { class: "i", "data-n": HM.toll(injured, 0) }));
  };
  const stated = (key, toll) => (toll[0] === null ? HM.t(key) + ": " + HM.t("not-stated") : HM.toll(toll) + " " + HM.counted(key, toll[0]));
  // Its width in pixels, so that marks keep clear of each other.
  HM.harmWidth = (killed, injured) => (killed[0] === null && injured[0] === null ? 0
    : 16 + 7 * (HM.toll(killed, 0).length + HM.toll(injured, 0).length));
  // The name of a mark begins with the number that it shows.
  HM.words = (n, killed, injured) => [["incidents", [n, false]], ["killed", killed], ["injured", injured]]
    .map(([key, toll]) => stated(key, toll)).join(", ");
  HM.badgeIcon = function (kind, n, harm, size) {
    const html = HM.h("span", { class: "hm-badge hm-" + kind }, HM.h("span", { class: n.length > 4 ? "n long" : "n" }, n), harm);
    return L.divIcon({ html, className: "hm-icon", iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
  };
  HM.marker = function (at, options, label, action) {
    const m = L.marker(at, Object.assign({ title: label }, options));
    m.on("add", () => m.getElement() && m.getElement().setAttribute("aria-label", label));
    m.on("click", action);
    return m;
  };

  HM.drawIncidents = function (layer) {
    group = layer;
    HM.drawBadges(layer);
    for (const name of ["count", "lang"]) HM.on(name, HM.redrawIncidents);
    HM.map.on("moveend", HM.redrawIncidents);
  };
  HM.redrawIncidents = function () {
    const held = HM.heldMark();
    live.forEach((m) => group.removeLayer(m));
    // Closer than a finger's target of 24 pixels, marks would hide each other.
    const near = HM.map.getZoom() >= 14 ? 26 : 60, inc = HM.data.incidents;
    HM.clearRoom();
    live = HM.clusters(HM.now.drawn.filter((i) => inc.lon[i] !== null), near).map(mark);
    live.forEach((m) => group.addLayer(m));
    HM.walkMarks(live.concat(HM.redrawBadges(), HM.districtMarks()), held);
  };

  function mark(c) {
    if (c.n === 1) {
      HM.takeRoom(c.at, 24, 24);
      return single(c.rows()[0], c.at);
    }
    const size = 32 + Math.min(14, 2.5 * Math.log2(c.n)), label = HM.words(c.n, c.killed, c.injured);
    HM.takeRoom(c.at, Math.max(size, HM.harmWidth(c.killed, c.injured)), size);
    const icon = HM.badgeIcon("cluster", HM.num(c.n), HM.harmBar(c.killed, c.injured), size);
    return HM.marker(c.at, { icon }, label, () => open(c));
  }

  // A group opens into its parts; at one and the same place, into a list.
  function open(c) {
    const rows = c.rows(), inc = HM.data.incidents;
    const box = L.latLngBounds(rows.map((i) => [inc.lat[i] / 1e5, inc.lon[i] / 1e5]));
    const apart_m = box.getNorthEast().distanceTo(box.getSouthWest());
    if (HM.map.getZoom() < 14 && apart_m > 150) HM.map.fitBounds(box, { padding: [50, 50], maxZoom: 14, animate: false });
    else {
      HM.openPopup(c.at, HM.h("div", { class: "hm-popup" },
        HM.h("h2", {}, HM.t("incidents") + ": " + HM.num(c.n)), HM.incidentList(rows)));
    }
  }

  function single(i, at) {
    const inc = HM.data.incidents, [killed, injured] = HM.harm(i);
    const label = HM.incidentTitle(i) + ", " + HM.words(1, killed, injured);
    const fatal = killed[0] > 0 ? " fatal" : "", vague = inc.where[i] > 1 ? " vague" : "";
    const html = HM.h("span", { class: "hm-point" + fatal + vague });
    const icon = L.divIcon({ html, className: "hm-icon", iconSize: [24, 24], iconAnchor: [12, 12] });
    return HM.marker(at, { icon }, label, () => HM.withDetails(() => {
      HM.openPopup(at, HM.incidentPopup(i));
      HM.showCoordinates(L.latLng(at));
    }));
  }
})(window.HM = window.HM || {});
