// Incidents at known places, grouped for the zoom at hand: first into cells of the screen's
// own grid, then cells that lie closer than a mark is wide into one. One pass a view, no
// index, so that a filter or a step of the slider costs the same as moving the map.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const TILE = 256;

  // Web Mercator, 0..1 eastward and southward; once for all incidents.
  function project() {
    const inc = HM.data.incidents, x = new Float64Array(HM.count), y = new Float64Array(HM.count);
    for (let i = 0; i < HM.count; i++) {
      if (inc.lon[i] === null) continue;
      const sin = Math.sin((inc.lat[i] / 1e5) * Math.PI / 180);
      x[i] = inc.lon[i] / 3.6e7 + 0.5;
      y[i] = 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
    }
    return { x, y };
  }

  let known = null;

  function cells(rows, size, radius, frame) {
    const found = new Map(), step = radius / 2;
    for (const i of rows) {
      const x = known.x[i] * size, y = known.y[i] * size;
      if (x < frame.min.x || x > frame.max.x || y < frame.min.y || y > frame.max.y) continue;
      const key = Math.floor(x / step) * 4194304 + Math.floor(y / step);
      const cell = found.get(key), [killed, injured] = HM.harm(i);
      if (!cell) found.set(key, { x, y, n: 1, killed, injured, rows: [i] });
      else {
        cell.x += (x - cell.x) / (cell.n + 1);
        cell.y += (y - cell.y) / (cell.n + 1);
        cell.n += 1;
        cell.killed = HM.plus(cell.killed, killed);
        cell.injured = HM.plus(cell.injured, injured);
        cell.rows.push(i);
      }
    }
    return Array.from(found.values());
  }

  // The fullest cell takes its neighbours first, so that the result does not depend on order.
  function merged(found, radius) {
    const groups = [];
    found.sort((a, b) => b.n - a.n || a.x - b.x || a.y - b.y);
    for (const cell of found) {
      const near = groups.find((g) => Math.hypot(g.x - cell.x, g.y - cell.y) < radius);
      if (!near) { groups.push(Object.assign(cell, { parts: [cell.rows] })); continue; }
      const n = near.n + cell.n;
      near.x += ((cell.x - near.x) * cell.n) / n;
      near.y += ((cell.y - near.y) * cell.n) / n;
      near.n = n;
      near.killed = HM.plus(near.killed, cell.killed);
      near.injured = HM.plus(near.injured, cell.injured);
      near.parts.push(cell.rows);
    }
    return groups;
  }

  // Groups in and around the view, each with its place, count, casualties and incidents.
  HM.clusters = function (rows, radius) {
    if (!known) known = project();
    const map = HM.map, zoom = map.getZoom(), size = TILE * 2 ** zoom, pixels = map.getPixelBounds(), edge = radius * 2;
    const frame = L.bounds(pixels.min.subtract([edge, edge]), pixels.max.add([edge, edge]));
    return merged(cells(rows, size, radius, frame), radius).map((g) => ({ at: map.unproject([g.x, g.y], zoom), n: g.n,
      killed: g.killed, injured: g.injured, rows: () => g.parts.flat() }));
  };
})(window.HM = window.HM || {});
