// What opens on a click: a district with its arithmetic, an incident with its evidence.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const h = (...args) => HM.h(...args);

  HM.popupOptions = { maxWidth: 340, minWidth: 240, maxHeight: Math.min(380, window.innerHeight * 0.45), autoPanPadding: [12, 12],
    className: "hm-pop" };
  HM.openPopup = (at, content) => L.popup(HM.popupOptions).setLatLng(at).setContent(content).openOn(HM.map);

  function facts(rows) {
    return h("dl", {}, rows.filter((r) => r && r[1] !== null && r[1] !== undefined && r[1] !== "")
      .map(([label, ...values]) => [h("dt", {}, label), h("dd", {}, values)]));
  }

  // What is expected of a district, and of the cell that was pointed at while they are shown.
  function expected(d, at) {
    if (!HM.data.forecast || HM.filtered()) return [];
    const words = HM.forecastWords(), cell = HM.ground() === "forecast" && at ? HM.cellAt(at) : null;
    return [[HM.t("forecast-here", { period: words.period }), HM.expected(HM.data.forecast.districts[d])
      + (HM.data.forecast.leapt.includes(d) ? " – " + HM.t("forecast-leapt") : "")],
      cell && [HM.t("forecast-cell", { side: words.side }), HM.expected(cell)]];
  }

  HM.districtPopup = function (d, at) {
    const district = HM.data.districts[d], r = HM.now.rows[d], risk = district.risk;
    const meta = HM.data.meta, plain = !HM.filtered();
    return h("div", { class: "hm-popup", lang: HM.lang },
      h("h2", {}, HM.name(district), district.az && district.az !== HM.name(district)
        && h("small", { lang: "az" }, " " + district.az)),
      h("p", { class: "hm-class" }, h("span", { class: "hm-chip", style: chip(r) }), HM.classText(d)),
      facts([...expected(d, at),
        [HM.t("incidents"), HM.num(r.incidents, 2), r.shared ? " (" + HM.t("ambiguous", { n: r.shared }) + ")" : ""],
        [HM.t("killed"), HM.toll(r.killed, 2)],
        [HM.t("injured"), HM.toll(r.injured, 2)],
        [HM.t("rate"), HM.rate(r.rate) + " (" + HM.t("interval95") + " " + HM.range(r.low, r.high) + ") ", HM.unit()],
        [HM.t("period"), HM.spanWords()],
        plain && meta.smoothed && risk.smoothed !== null && [HM.t("smoothed"), HM.rate(risk.smoothed)
          + " (" + HM.t("interval95") + " " + HM.range(risk.slow, risk.shigh) + ")"],
        [HM.t("confidence"), HM.confidence(r, risk)],
        plain && risk.rank && [HM.t("rank"), HM.num(risk.rank) + " (" + HM.t("rank-between",
          { low: HM.num(risk.rlow), high: HM.num(risk.rhigh) }) + ")"]]),
      r.incidents > 0 ? null : h("p", { class: "hm-warn" }, HM.t("not-safe")),
      r.list.length ? h("details", {}, h("summary", {}, HM.t("incidents-here")), HM.incidentList(r.list)) : null,
      explain(d),
      plain && risk.rank ? h("p", { class: "hm-note" }, meta.ranked[HM.lang]) : null,
      h("details", {}, h("summary", {}, HM.t("about-district")), facts([
        plain && risk.hotspot && [HM.t("hotspots"), HM.t("hotspot." + risk.hotspot)],
        [HM.t("ground"), HM.t("ground_status." + (r.incidents > 0 ? "recorded" : district.ground || "no_information"))],
        [HM.t("area"), HM.num(district.area, 0) + " km²"],
        district.population && [HM.t("population"), HM.num(district.population, 0)
          + (district.note === null ? "" : " – " + HM.data.notes[HM.lang][district.note])],
        district.pcode && ["P-code", district.pcode]])),
      meta.links.sheet && h("p", {}, h("a", { href: meta.links.sheet.replace("{id}", encodeURIComponent(district.id)) }, HM.t("sheet"))));
  };

  function chip(r) {
    return r.cls >= 0 ? { background: HM.data.meta.colours[r.cls] }
      : { background: "repeating-linear-gradient(45deg,#c3c0bb 0 2px,#f1f0ee 2px 5px)" };
  }

  // The arithmetic behind the crude density, so that anyone can do it again by hand.
  function explain(d) {
    const r = HM.now.rows[d], district = HM.data.districts[d], meta = HM.data.meta;
    const base = meta.exposure === "area" ? district.area : district.population;
    if (!(r.incidents > 0) || !base || !HM.now.span || meta.halfLife) return null;
    const years = HM.years(HM.now.span), area = meta.exposure === "area";
    const total = meta.weight === "incidents" ? r.incidents : r.total;
    return h("details", {}, h("summary", {}, HM.t("how-computed")),
      h("p", {}, HM.num(total, 2) + " ÷ (" + HM.num(base, 0) + (area ? " km²" : "") + " × "
        + HM.num(years, 2) + " " + HM.t("years") + ") × " + HM.num(area ? 100 : 100000, 0) + " = " + HM.rate(r.rate)),
      h("p", {}, HM.t(!HM.filtered() && meta.smoothed ? "explain-smoothed" : "explain-crude")),
      !HM.filtered() && meta.recorded && r.rate !== null ? h("p", {}, HM.t("recorded-rate", { days: HM.num(meta.recorded),
        rate: HM.rate(r.rate * (HM.now.span[1] - HM.now.span[0] + 1) / meta.recorded) })) : null);
  }

  HM.incidentTitle = function (i) {
    const inc = HM.data.incidents;
    return HM.days(inc.start[i], inc.start[i] + inc.length[i]);
  };
  HM.incidentList = function (rows) {
    const shown = rows.slice(0, 20);
    return h("div", {}, h("ul", { class: "hm-list" }, shown.map((i) => {
      const [killed, injured] = HM.harmWords(i);
      return h("li", {}, h("button", { type: "button", class: "hm-link", onclick: () => HM.openIncident(i) },
        HM.incidentTitle(i)), " – " + HM.t("killed") + " " + killed + ", " + HM.t("injured") + " " + injured);
    })), rows.length > shown.length ? h("p", {}, HM.t("more-in-table", { n: rows.length - shown.length })) : null);
  };

  HM.openIncident = function (i) {
    const inc = HM.data.incidents, places = inc.places[inc.placing[i]];
    let at = HM.map.getCenter();
    if (inc.lon[i] !== null) at = [inc.lat[i] / 1e5, inc.lon[i] / 1e5];
    else if (places.length) {
      const [x, y] = HM.data.districts[places[0][0]].label;
      at = [y, x];
    }
    return HM.withDetails(() => HM.openPopup(at, HM.incidentPopup(i)));
  };

  // Bounds such as "≥ 5", where no best number is known; null where one is, or nothing is.
  const ranges = (i) => HM.data.ranges[HM.data.incidents.range[i]].map((range) => range && HM.people(range[0], range[1]));
  HM.harmWords = function (i) {
    const bounds = HM.state.group === null ? ranges(i) : [null, null];
    return HM.harm(i).map((toll, k) => bounds[k] || HM.toll(toll));
  };

  function people(i) {
    const inc = HM.data.incidents, rows = inc.people[inc.harm[i]], [killed, injured] = ranges(i);
    const bounds = killed || injured
      ? h("p", {}, [killed && HM.t("killed") + " " + killed, injured && HM.t("injured") + " " + injured].filter(Boolean).join(", "))
      : null;
    if (!rows.length) return bounds || h("p", {}, HM.t("casualties-not-stated"));
    return h("div", {}, bounds, h("table", {}, h("caption", {}, HM.t("casualties-by-group")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, HM.t("group")),
        h("th", { scope: "col" }, HM.t("killed")), h("th", { scope: "col" }, HM.t("injured")))),
      h("tbody", {}, rows.map(([g, k, n]) => h("tr", {},
        h("th", { scope: "row" }, HM.t("group." + HM.data.codes.group[g])), h("td", {}, HM.num(k)), h("td", {}, HM.num(n)))))));
  }

  HM.sourceLinks = (sources) => sources.map(([text, url]) => (url ? h("a", { href: url, target: "_blank",
    rel: "noopener noreferrer" }, text || url) : text));
  function sources(i) {
    const inc = HM.data.incidents, found = HM.data.sources[inc.source[i]] || [];
    if (HM.leftOut("source")) return HM.t("not-here");
    if (!found.length) return HM.t("not-stated");
    return h("ul", {}, HM.sourceLinks(found).map((one) => h("li", {}, one)));
  }

  HM.districtsOf = function (i) {
    const inc = HM.data.incidents, places = inc.places[inc.placing[i]];
    if (!places.length) return HM.t("unplaced");
    return places.map(([d, w]) => HM.bothNames(HM.data.districts[d])
      + (w < 1 ? " (" + Math.round(w * 100) + " %)" : "")).join(", ");
  };

  HM.incidentPopup = function (i) {
    const inc = HM.data.incidents, codes = HM.data.codes;
    const text = (name) => (HM.leftOut(name) ? HM.t("not-here") : inc[name][i] < 0 ? null : HM.data.strings[inc[name][i]]);
    const ambiguous = inc.places[inc.placing[i]].length > 1;
    const status = codes.record_status[inc.status[i]];
    return h("div", { class: "hm-popup", lang: HM.lang },
      h("h2", {}, HM.incidentTitle(i)),
      h("p", { class: "hm-precision" }, HM.t("date") + ": " + HM.t("date_precision." + inc.when[i])),
      status === "disputed" || status === "draft" ? h("p", { class: "hm-warn" }, HM.t("record_status." + status)) : null,
      facts([
        [HM.t("district"), HM.districtsOf(i)],
        [HM.t("place-as-reported"), text("place")],
        [HM.t("place-precision"), HM.t("where_precision." + inc.where[i])
          + (inc.lon[i] === null ? " – " + HM.t("no-point") : "")],
        ambiguous && [HM.t("ambiguous-title"), HM.t("ambiguous-long")],
        [HM.t("device"), HM.t("device." + codes.device[inc.device[i]])],
        [HM.t("accident_type"), HM.t("accident_type." + codes.accident_type[inc.accident[i]])],
        inc.activity[i] >= 0 && [HM.t("activity"), HM.t("activity." + codes.activity[inc.activity[i]])]]),
      people(i),
      facts([[HM.t("sources"), sources(i)], [HM.t("description"), text("description")],
        [HM.t("record"), HM.data.ids[i] + " · " + HM.t("record_status." + status)]]),
      HM.data.meta.links.incident && h("p", {}, h("a", { href: HM.data.meta.links.incident.replace("{id}",
        encodeURIComponent(HM.data.ids[i])) }, HM.t("full-record"))));
  };
})(window.HM = window.HM || {});
