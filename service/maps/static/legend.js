// The legend: always there, with unit, class limits, period, date of the data and method.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const h = (...args) => HM.h(...args);

  function limits(c) {
    const l = HM.data.meta.limits;
    if (c === 0) return "< " + HM.rate(l[0]);
    if (c >= l.length) return "≥ " + HM.rate(l[l.length - 1]);
    return HM.rate(l[c - 1]) + " – < " + HM.rate(l[c]);
  }
  function swatch(className, style) {
    return h("span", { class: "hm-swatch " + (className || ""), style: style || {}, "aria-hidden": "true" });
  }
  function item(mark, text, extra) {
    return h("li", {}, mark, h("span", {}, text), extra ? h("bdi", { class: "hm-limit", dir: "ltr" }, extra) : null);
  }

  function classes() {
    return HM.data.meta.colours.slice(0, HM.data.meta.limits.length + 1).map((colour, c) => item(
      swatch("", { background: colour }), HM.t("risk_class." + HM.classes[c]), limits(c))).reverse();
  }
  function grounds() {
    const used = new Set(HM.data.districts.map((d) => d.ground));
    const uncounted = HM.now.rows.some((r) => r.cls < 0 && r.incidents > 0);
    return [item(swatch("hatch"), HM.t("ground_status.no_information")),
      uncounted && item(swatch("uncounted"), HM.t("not-computed")),
      used.has("surveyed_no_evidence") && item(swatch("dots"), HM.t("ground_status.surveyed_no_evidence")),
      used.has("cleared") && item(swatch("grid"), HM.t("ground_status.cleared"))];
  }
  function bands() {
    return HM.data.surface.map((b) => item(swatch("", { background: b.colour }), "", b.label)).reverse()
      .concat(item(swatch("land"), HM.t("surface-below")));
  }
  function forecast() {
    const words = HM.forecastWords(), colours = HM.data.forecast.bands.map((band) => band.colour).reverse();
    return [h("p", { class: "hm-unit" }, h("strong", {}, words.title), " ", words.unit),
      h("ul", { class: "hm-classes" }, words.entries.map(([text, limit], i) => item(swatch("", { background: colours[i] }), text, limit)))];
  }
  // What sets the limits between the classes; a served page has the other ways one step away.
  function classing() {
    const m = HM.data.meta, words = (c) => HM.t("classes." + (c === "area" && HM.ground() === "risk" ? m.exposure : c));
    const others = m.links.classed ? m.classings.filter((c) => c !== m.classes) : [];
    return [h("p", { class: "hm-classing" }, HM.t("class-limits") + ": ", h("strong", {}, words(m.classes)),
      others.map((c) => h("span", { class: "hm-other" }, " · ",
        h("a", { href: m.links.classed + c + HM.viewHash(), "data-classed": true }, words(c))))),
    m.classes === "fixed" ? "" : h("p", { class: "hm-classing" }, HM.t("classes-of-data"))];
  }
  // The fill at hand and its unit: classes by district, bands of surface or forecast, or none.
  function fills() {
    if (HM.ground() === "forecast") return forecast();
    const ground = HM.ground(), unit = ground === "surface" ? HM.t("unit." + HM.data.meta.weight + ".area") : HM.unit();
    if (ground === "none") return [];
    return [h("p", { class: "hm-unit" }, h("strong", {}, HM.t(ground === "surface" ? "legend-surface" : "legend-title")), " ", unit),
      h("ul", { class: "hm-classes" }, ground === "surface" ? bands() : [classes(), grounds()]), ...classing()];
  }
  function sampleBar() {
    return HM.harmBar([1, false], [3, false]);
  }
  function marks() {
    const rows = [];
    if (HM.isShown("incidents")) {
      const anyPoint = HM.data.incidents.lon.some((x) => x !== null);
      rows.push(item(h("span", { class: "hm-swatch-badge square", "aria-hidden": "true" }, "2"),
        HM.t(HM.data.meta.aggregated ? "legend-sums" : "legend-square")));
      if (anyPoint) {
        rows.push(item(h("span", { class: "hm-swatch-badge round", "aria-hidden": "true" }, "9"), HM.t("legend-cluster")));
        rows.push(item(h("span", { class: "hm-point fatal", "aria-hidden": "true" }), HM.t("legend-fatal")));
        rows.push(item(h("span", { class: "hm-point", "aria-hidden": "true" }), HM.t("legend-point")));
        rows.push(item(h("span", { class: "hm-point vague", "aria-hidden": "true" }), HM.t("legend-vague")));
      }
      rows.push(item(sampleBar(), HM.t("legend-harm")));
    }
    if (HM.isShown("hotspots") && HM.anySpot() && !HM.filtered()) {
      ["hot", "cold", "emerging"].filter(HM.anySpot).forEach((kind) => rows.push(item(swatch(kind), HM.t("cluster." + kind))));
    }
    if (HM.isShown("operations") && HM.data.operations.length) {
      const kinds = Array.from(new Set(HM.data.operations.filter((o) => o.districts.length || o.shape).map((o) => o.kind)));
      kinds.forEach((k) => rows.push(item(h("span", { class: "hm-op hm-op-" + k, "aria-hidden": "true" },
        HM.t("kind." + k).slice(0, 1).toUpperCase()), HM.t("kind." + k))));
    }
    if (HM.isShown("published") && HM.hasLayer("published")) {
      rows.push(item(HM.quoted("12"), HM.t("layer.published") + ". " + HM.t("published-legend")));
      const { elsewhere } = HM.data.published;
      if (elsewhere) rows.push(item("", HM.t("published-elsewhere", { n: HM.num(elsewhere) })));
    }
    if (HM.isShown("areas")) {
      const held = HM.areas(), kinds = new Set(held.map((o) => o.area));
      Object.keys(HM.areaStyle).filter((k) => kinds.has(k)).forEach((k) => rows.push(item(swatch("area-" + k), HM.t("area." + k))));
      if (held.some((o) => o.status === "under_way")) rows.push(item(swatch("area-worked"), HM.t("area.worked")));
    }
    if (HM.isShown("places")) rows.push(item(h("span", { class: "hm-dot", "aria-hidden": "true" }), HM.t("layer.places")));
    return rows;
  }

  function notes() {
    const m = HM.data.meta, rows = [];
    rows.push(HM.t("period") + ": " + (HM.spanWords() || "–"));
    rows.push(HM.t("data-as-of") + ": " + HM.day(m.asOf));
    if (HM.ground() !== "forecast") rows.push(HM.t("weight") + ": " + HM.t("weight." + m.weight));
    if (HM.ground() === "risk") rows.push(HM.t("smoothing") + ": " + HM.t(HM.filtered() ? "smoothing.none" : "smoothing." + m.smoothing));
    if (m.halfLife) rows.push(HM.t("half-life", { days: HM.num(m.halfLife) }));
    if (m.where) rows.push(HM.t("where") + ": " + m.where);
    if (HM.ground() === "forecast") rows.push(...HM.forecastWords().notes);
    return rows;
  }

  HM.drawLegend = function () {
    document.getElementById("hm-legend-body").replaceChildren(
      HM.filtered() ? h("p", { class: "hm-filtered" }, HM.t("filtered-note")) : "",
      ...fills(),
      h("ul", { class: "hm-marks" }, marks()),
      h("p", { class: "hm-notes" }, notes().map((text) => h("span", { class: "hm-line" }, text))),
      HM.data.meta.links.backtest
        ? h("p", {}, h("a", { href: HM.data.meta.links.backtest }, HM.t(HM.ground() === "forecast" ? "forecast-trust" : "ranking-trust"))) : "",
      h("p", { class: "hm-warn" }, HM.t("not-safe")));
  };

  HM.drawFigures = function () {
    const now = HM.now, t = now.totals, node = document.getElementById("hm-figures");
    const box = (toll, key) => h("span", { class: "hm-figure", "data-key": key }, h("b", {}, HM.toll(toll)), " "
      + (key === "unplaced" ? HM.t(key) : HM.counted(key, toll[0])));
    const districts = now.rows.filter((r) => r.incidents > 0).length;
    node.replaceChildren(box([t.incidents, false], "incidents"), box(t.killed, "killed"), box(t.injured, "injured"),
      h("span", { class: "hm-figure", "data-key": "districts" }, h("b", {}, HM.num(districts)),
        " " + HM.t("districts-with-record", { n: HM.num(now.rows.length) })),
      now.unplaced.incidents > 0.001 ? box([now.unplaced.incidents, false], "unplaced") : "");
    document.getElementById("hm-subtitle").textContent = HM.spanWords()
      + " · " + HM.t("data-as-of") + " " + HM.day(HM.data.meta.asOf);
    document.getElementById("hm-aggregated").hidden = !HM.data.meta.aggregated;
  };
})(window.HM = window.HM || {});
