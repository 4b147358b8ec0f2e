// Counting in the page, by the rules of the service: an incident counts with its place
// weight times the share of its date range inside the window.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";

  HM.state = { first: null, last: null, device: null, accident: null, group: null };

  HM.prepare = function () {
    const inc = HM.data.incidents;
    HM.count = inc.start.length;
    HM.window = HM.data.meta.window;
    let at = 0;
    inc.start = inc.start.map((d) => (at += d));
    inc.places = HM.data.placings.map((flat) => {
      const pairs = [];
      for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i], flat[i + 1] / 1000]);
      return pairs;
    });
    inc.people = HM.data.harm.map((flat) => {
      const rows = [];
      for (let i = 0; i < flat.length; i += 3) rows.push([flat[i], flat[i + 1], flat[i + 2]]);
      return rows;
    });
  };

  HM.filtered = function () {
    const s = HM.state;
    // Sums by district cannot be filtered: the page has no incident to leave out.
    if (HM.data.meta.aggregated) return false;
    return s.device !== null || s.accident !== null || s.group !== null || HM.timed();
  };
  HM.timed = () => HM.state.first !== null || HM.state.last !== null;
  HM.span = function () {
    const w = HM.window, s = HM.state;
    if (!w) return null;
    return [Math.max(w[0], s.first === null ? w[0] : s.first),
      Math.min(w[1], s.last === null ? w[1] : s.last)];
  };
  // As the service counts: days that were chosen are all counted, whoever kept records in them;
  // the whole period has the years, and the days, in which its sources were kept.
  HM.years = function (span) {
    const whole = HM.data.meta.yearsBySource;
    return whole === null || HM.timed() ? (span[1] - span[0] + 1) / 365.25 : whole;
  };
  const parts = (span) => (HM.timed() ? null : HM.data.meta.parts) || [span];

  // The days that every rate is over, and whether they were estimated; empty for none.
  HM.spanWords = function () {
    const span = HM.now.span;
    if (!span) return "";
    const days = HM.days(span[0], span[1]);
    const meta = HM.data.meta;
    if (HM.timed()) return days;
    if (meta.yearsBySource !== null) return HM.t("period-by-source", { period: days, years: HM.num(HM.years(span), 2) });
    return meta.recorded ? HM.t("period-estimated", { period: days }) : days;
  };

  // A toll and a share of another. Null stays null: "not stated" is no 0, and leaves the sum open.
  HM.plus = (a, b, share = 1) => [b[0] === null ? a[0] : (a[0] || 0) + b[0] * share, a[1] || b[1]];

  // Killed and injured of one incident, only of the chosen group, as tolls.
  HM.harm = function (i) {
    const inc = HM.data.incidents, one = HM.state.group, all = one === null;
    const bounds = HM.data.ranges[inc.range[i]], found = [[null, true], [null, true]];
    for (const [group, ...people] of inc.people[inc.harm[i]]) {
      if (!all && group !== one) continue;
      people.forEach((n, k) => { if (n !== null) found[k] = [(found[k][0] || 0) + n, false]; });
    }
    if (all) bounds.forEach((range, k) => { if (range) found[k] = [range[0], true]; });
    return found;
  };

  HM.share = function (i, ranges) {
    const inc = HM.data.incidents, s = HM.state;
    if (s.device !== null && inc.device[i] !== s.device) return 0;
    if (s.accident !== null && inc.accident[i] !== s.accident) return 0;
    if (s.group !== null && !inc.people[inc.harm[i]].some((row) => row[0] === s.group)) return 0;
    const first = inc.start[i], length = inc.length[i] + 1;
    let inside = 0;
    for (const [from, to] of ranges) inside += Math.max(Math.min(first + length - 1, to) - Math.max(first, from) + 1, 0);
    return inside / length;
  };

  function row() {
    return { incidents: 0, killed: [null, false], injured: [null, false], districtOnly: 0, only: [[null, false], [null, false]],
      shared: 0, total: 0, squares: 0, stated: 0, list: [] };
  }

  // One pass over the incidents: rows by district, unplaced, totals and those to draw.
  HM.recount = function () {
    HM.now = HM.counts();
    HM.emit("count");
  };
  HM.counts = function () {
    const inc = HM.data.incidents, span = HM.span(), ranges = span && parts(span);
    const rows = HM.data.districts.map(row), unplaced = row(), totals = row(), drawn = [];
    for (let i = 0; span && i < HM.count; i++) {
      const share = HM.share(i, ranges);
      if (share <= 0) continue;
      const [killed, injured] = HM.harm(i), places = inc.places[inc.placing[i]];
      drawn.push(i);
      tally(totals, share, killed, injured);
      let placed = 0;
      for (const [d, weight] of places) {
        const w = weight * share;
        placed += weight;
        tally(rows[d], w, killed, injured);
        rows[d].list.push(i);
        if (weight < 1) rows[d].shared += 1;
        if (inc.lon[i] === null) {
          rows[d].districtOnly += w;
          rows[d].only = rows[d].only.map((toll, k) => HM.plus(toll, [killed, injured][k], w));
        }
      }
      if (placed < 0.999) {
        tally(unplaced, share * (1 - placed), killed, injured);
        unplaced.list.push(i);
      }
    }
    if (HM.data.meta.aggregated) {
      Object.assign(totals, HM.data.meta.totals);
      unplaced.incidents = HM.data.meta.totals.unplaced;
    }
    rows.forEach((r, d) => rateOf(r, d, span));
    return { rows, unplaced, totals, drawn, span };
  };

  function tally(r, w, killed, injured) {
    const weight = HM.data.meta.weight;
    let size = 1;
    // A rate is made of exact numbers alone, as in the table of the service.
    if (weight !== "incidents") {
      const parts = weight === "killed" ? [killed] : [killed, injured];
      size = parts.some(([, more]) => more) ? null : parts.reduce((sum, [n]) => sum + n, 0);
    }
    r.incidents += w;
    r.killed = HM.plus(r.killed, killed, w);
    r.injured = HM.plus(r.injured, injured, w);
    if (size === null) return;
    r.stated += w;
    r.total += w * size;
    r.squares += w * w * size * size;
  }

  function rateOf(r, d, span) {
    const meta = HM.data.meta, district = HM.data.districts[d], risk = district.risk;
    const base = meta.exposure === "area" ? district.area : district.population;
    const per = meta.exposure === "area" ? 100 : 100000;
    if (!HM.filtered()) {
      Object.assign(r, { incidents: risk.incidents, killed: risk.killed, injured: risk.injured,
        total: risk.total, rate: risk.rate, low: risk.low, high: risk.high,
        headline: meta.smoothed ? risk.smoothed : risk.rate, cls: risk.cls });
      return;
    }
    const exposure = base > 0 && span ? (base * HM.years(span)) / per : NaN;
    const known = r.stated > 0 && exposure > 0;
    r.rate = r.headline = known ? r.total / exposure : null;
    const scale = r.total > 0 ? r.squares / r.total : 1;
    const limits = HM.poisson(r.total > 0 ? r.total / scale : 0);
    r.low = known ? (limits[0] * scale) / exposure : null;
    r.high = exposure > 0 ? (limits[1] * scale) / exposure : null;
    r.cls = known ? meta.limits.filter((l) => r.rate >= l).length : -1;
  }

  // Garwood's exact limits of a Poisson count, by bisection on the incomplete gamma function.
  const known = new Map();
  HM.poisson = function (k) {
    const key = k.toFixed(6);
    if (!known.has(key)) {
      known.set(key, [k > 0 ? quantile(k, 0.025) : 0, quantile(k + 1, 0.975)]);
    }
    return known.get(key);
  };
  function quantile(a, p) {
    let low = 0, high = a + 10 * Math.sqrt(a) + 20;
    for (let i = 0; i < 80; i++) {
      const middle = (low + high) / 2;
      if (gammaP(a, middle) < p) low = middle; else high = middle;
    }
    return (low + high) / 2;
  }
  function gammaP(a, x) {
    if (x <= 0) return 0;
    const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
    if (x < a + 1) {
      let term = 1 / a, sum = term;
      for (let n = a + 1; term > sum * 1e-15; n++) { term *= x / n; sum += term; }
      return sum * scale;
    }
    let b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (let i = 1; i < 500; i++) {
      const an = -i * (i - a);
      b += 2;
      d = 1 / (an * d + b);
      c = b + an / c;
      h *= d * c;
      if (Math.abs(d * c - 1) < 1e-15) break;
    }
    return 1 - scale * h;
  }
  function logGamma(x) {
    // Stirling's series after shifting the argument above 10.
    let shift = 0;
    while (x < 10) { shift -= Math.log(x); x += 1; }
    const r = 1 / (x * x);
    return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI)
      + (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r / 1680))) / x;
  }
})(window.HM = window.HM || {});
