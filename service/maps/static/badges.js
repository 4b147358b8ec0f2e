// Counts of incidents that are known only by district: squares on their district, never
// points. A count is no place, so it may stand beside others; where there is no room for it,
// it joins the nearest count, which then speaks for several districts.
(function (HM) {
  "use strict";
  const WAYS = [[0, 1], [0, -1], [1, 0], [-1, 0], [1, 1], [-1, -1], [1, -1], [-1, 1]];
  const FAR = [0.3, 0.6, 0.95, 1.3], NEAR = [0.3, 0.6], ANY = [0.6, 0.95, 1.3, 2, 3];
  const CROWD = 20;
  let badges, room = [];

  HM.clearRoom = () => { room = []; };
  HM.takenRoom = () => room.map((r) => [r.x - r.w / 2, r.y - r.h / 2, r.x + r.w / 2, r.y + r.h / 2]);
  HM.takeRoom = function (at, w, h) {
    const p = HM.map.latLngToContainerPoint(at), spot = { x: p.x, y: p.y, w, h };
    room.push(spot);
    return spot;
  };
  const free = (x, y, w, h) => room.every((r) => Math.abs(r.x - x) >= (r.w + w) / 2 + 1 || Math.abs(r.y - y) >= (r.h + h) / 2 + 1);
  HM.findRoom = function (at, w, h, steps) {
    const p = HM.map.latLngToContainerPoint(at);
    for (const step of [0].concat(steps || FAR)) {
      for (const [dx, dy] of step ? WAYS : [[0, 0]]) {
        const x = p.x + dx * step * (w + 2), y = p.y + dy * step * (h + 2);
        if (!free(x, y, w, h)) continue;
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
    const found = counts(), zoom = HM.map.getZoom(), small = zoom < 7 || (found.length > CROWD && zoom < 8.5);
    const height = small ? 24 : 36, placed = [];
    for (const c of found) {
      const width = small ? 12 + 8 * HM.num(c.n).length : Math.max(36, HM.harmWidth(...c.harm));
      const spot = HM.findRoom(label(c), width, height, !placed.length ? ANY : small ? NEAR : FAR)
        || (placed.length ? null : Object.assign(HM.takeRoom(label(c), width, height), { at: label(c) }));
      if (spot) { placed.push(Object.assign(c, { spot })); continue; }
      const p = HM.map.latLngToContainerPoint(label(c)), away = (o) => Math.hypot(o.spot.x - p.x, o.spot.y - p.y);
      const near = placed.reduce((a, b) => (away(a) <= away(b) ? a : b));
      near.n += c.n;
      near.harm = near.harm.map((n, k) => HM.plus(n, c.harm[k]));
      near.districts.push(...c.districts);
    }
    placed.forEach((c) => badges.addLayer(badge(c, small)));
    HM.emit("badges");
  };

  function badge(c, small) {
    const names = c.districts.map((d) => HM.name(HM.data.districts[d])).join(", ");
    let text = names + ": " + HM.words(c.n, ...c.harm) + " – " + HM.t("district-only");
    const shared = c.districts.reduce((sum, d) => sum + HM.now.rows[d].shared, 0);
    if (shared) text += "; " + HM.t("ambiguous", { n: shared });
    const icon = HM.badgeIcon(small ? "square hm-small" : "square", HM.num(c.n), small ? null : HM.harmBar(...c.harm), small ? 24 : 36);
    return HM.marker(c.spot.at, { icon, zIndexOffset: 500 }, text, () => {
      if (c.districts.length === 1) HM.openDistrict(c.districts[0], false);
      else HM.map.fitBounds(c.districts.map((d) => HM.paths[d].getBounds()).reduce((a, b) => a.extend(b), L.latLngBounds([])), { animate: false });
    });
  }
})(window.HM = window.HM || {});
