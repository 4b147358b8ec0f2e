// Counts of incidents that are known only by district: squares on their district, never
// points. A count is no place, so it may stand beside others; where there is no room for it,
// it joins the nearest count, which then speaks for several districts.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const WAYS = [[0, 1], [0, -1], [1, 0], [-1, 0], [1, 1], [-1, -1], [1, -1], [-1, 1]];
  const FAR = [0.3, 0.6, 0.95, 1.3], NEAR = [0.3, 0.6], ANY = [0.6, 0.95, 1.3, 2, 3];
  const CROWD = 20;
  let badges, room = [];

  // What stands on the map's edge, as boxes of its pixels: nothing is written under it.
  const EDGE = [".leaflet-control-zoom", ".hm-north", ".leaflet-control-scale", "#hm-legend", "#hm-menu"];
  HM.controlRoom = function () {
    const stage = HM.map.getContainer().getBoundingClientRect();
    return EDGE.map((one) => document.querySelector(one)).filter((node) => node && node.offsetParent).map((node) => {
      const box = node.getBoundingClientRect();
      return [box.left - stage.left, box.top - stage.top, box.right - stage.left, box.bottom - stage.top];
    });
  };
  HM.clearRoom = () => {
    room = HM.controlRoom().map(([a, b, c, d]) => ({ x: (a + c) / 2, y: (b + d) / 2, w: c - a, h: d - b }));
  };
  HM.takenRoom = () => room.map((r) => [r.x - r.w / 2, r.y - r.h / 2, r.x + r.w / 2, r.y + r.h / 2]);
  HM.takeRoom = function (at, w, h) {
    const p = HM.map.latLngToContainerPoint(at), spot = { x: p.x, y: p.y, w, h };
    room.push(spot);
    return spot;
  };
  const free = (x, y, w, h) => room.every((r) => Math.abs(r.x - x) >= (r.w + w) / 2 + 1 || Math.abs(r.y - y) >= (r.h + h) / 2 + 1);
  // Wholly on the map: what reaches over its edge can neither be read nor touched.
  HM.onStage = function (x, y, w, h) {
    const stage = HM.map.getSize();
    return x - w / 2 >= 1 && x + w / 2 <= stage.x - 1 && y - h / 2 >= 1 && y + h / 2 <= stage.y - 1;
  };
  HM.findRoom = function (at, w, h, steps) {
    const p = HM.map.latLngToContainerPoint(at), seen = HM.onStage(p.x, p.y, 0, 0);
    for (const step of [0].concat(steps || FAR)) {
      for (const [dx, dy] of step ? WAYS : [[0, 0]]) {
        const x = p.x + dx * step * (w + 2), y = p.y + dy * step * (h + 2);
        if (!free(x, y, w, h) || (seen && !HM.onStage(x, y, w, h))) continue;
        const found = HM.map.containerPointToLatLng([x, y]);
        return Object.assign(HM.takeRoom(found, w, h), { at: found });
      }
    }
    return null;
  };

  HM.drawBadges = function (group) {
    badges = L.layerGroup();
    group.addLayer(badges);
  };

  function counts() {
    const all = HM.data.meta.aggregated;
    return HM.now.rows.map((r, d) => ({ districts: [d], n: all ? r.incidents : r.districtOnly,
      harm: all ? [r.killed, r.injured] : r.only })).filter((c) => c.n > 0.001).sort((a, b) => b.n - a.n);
  }
  const label = (c) => { const [x, y] = HM.data.districts[c.districts[0]].label; return L.latLng(y, x); };

  HM.redrawBadges = function () {
    badges.clearLayers();
    let found = counts(), held = Infinity;
    const zoom = HM.map.getZoom(), small = zoom < 7 || (found.length > CROWD && zoom < 8.5), taken = room;
    // What took in a neighbour has a longer number: all are placed again until none does.
    while (found.length < held) {
      held = found.length;
      room = taken.slice();
      found = placed(found.sort((a, b) => b.n - a.n), small);
    }
    const drawn = found.map((c) => badge(c, small));
    drawn.forEach((m) => badges.addLayer(m));
    HM.emit("badges");
    return drawn;
  };

  function placed(found, small) {
    const height = small ? 24 : 36, groups = [];
    for (const c of found) {
      const width = small ? Math.max(26, 14 + 8 * HM.num(c.n).length) : Math.max(36, HM.harmWidth(...c.harm));
      const spot = HM.findRoom(label(c), width, height, !groups.length ? ANY : small ? NEAR : FAR)
        || (groups.length ? null : Object.assign(HM.takeRoom(label(c), width, height), { at: label(c) }));
      if (spot) { groups.push(Object.assign(c, { spot })); continue; }
      const p = HM.map.latLngToContainerPoint(label(c)), away = (o) => Math.hypot(o.spot.x - p.x, o.spot.y - p.y);
      const near = groups.reduce((a, b) => (away(a) <= away(b) ? a : b));
      near.n += c.n;
      near.harm = near.harm.map((toll, k) => HM.plus(toll, c.harm[k]));
      near.districts.push(...c.districts);
    }
    return groups;
  }

  function badge(c, small) {
    const names = c.districts.map((d) => HM.name(HM.data.districts[d])).join(", ");
    const why = HM.data.meta.aggregated ? "" : " – " + HM.t("district-only");
    let text = HM.words(c.n, ...c.harm) + why + ": " + names;
    const shared = c.districts.reduce((sum, d) => sum + HM.now.rows[d].shared, 0);
    if (shared) text += "; " + HM.t("ambiguous", { n: shared });
    const icon = HM.badgeIcon(small ? "square hm-small" : "square", HM.num(c.n), small ? null : HM.harmBar(...c.harm), small ? 24 : 36);
    return HM.marker(c.spot.at, { icon, zIndexOffset: 500 }, text, () => {
      if (c.districts.length === 1) HM.openDistrict(c.districts[0], false);
      else HM.map.fitBounds(c.districts.map((d) => HM.paths[d].getBounds()).reduce((a, b) => a.extend(b), L.latLngBounds([])), { animate: false });
    });
  }
})(window.HM = window.HM || {});
