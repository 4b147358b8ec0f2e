// The same content as tables: districts by rank, and the incidents, with what is not known.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const h = (...args) => HM.h(...args);
  const PAGE = 100;
  let page = 0;

  function head(keys) {
    return h("thead", {}, h("tr", {}, keys.map((key) => h("th", { scope: "col" }, HM.t(key)))));
  }

  function districts() {
    // Ranked by the rate that makes the classes; what is not known comes after, by name.
    const known = (r) => (r.cls >= 0 ? 1 + (r.headline || 0) : 0);
    const order = HM.data.districts.map((_, d) => d).sort((a, b) => known(HM.now.rows[b]) - known(HM.now.rows[a])
      || HM.name(HM.data.districts[a]).localeCompare(HM.name(HM.data.districts[b]), HM.locale()));
    const smoothed = HM.data.meta.smoothed && !HM.filtered();
    return h("table", { id: "hm-table-districts" },
      h("caption", {}, HM.t("table-districts") + " – " + HM.t("rate") + " " + HM.unit() + ", " + HM.spanWords()),
      head(["district", "class", "incidents", "killed", "injured", "rate", "interval95"]
        .concat(smoothed ? ["smoothed", "rank"] : [], ["hotspots"])),
      h("tbody", {}, order.map((d) => {
        const r = HM.now.rows[d], risk = HM.data.districts[d].risk;
        return h("tr", { "data-id": HM.data.districts[d].id },
          h("th", { scope: "row" }, h("button", { type: "button", class: "hm-link", onclick: () => {
            HM.closeTable(); HM.openDistrict(d, true); } }, HM.bothNames(HM.data.districts[d]))),
          h("td", {}, HM.classText(d)), h("td", {}, HM.num(r.incidents, 2)), h("td", {}, HM.toll(r.killed, 2)),
          h("td", {}, HM.toll(r.injured, 2)), h("td", {}, HM.rate(r.rate)),
          h("td", {}, HM.range(r.rate > 0 ? r.low : 0, r.high)),
          smoothed ? [h("td", {}, HM.rate(risk.smoothed)), h("td", { class: "hm-nowrap" }, risk.rank ? HM.num(risk.rank) + " ("
            + HM.num(risk.rlow) + "–" + HM.num(risk.rhigh) + ")" : "–")] : null,
          h("td", {}, risk.hotspot ? HM.t("hotspot." + risk.hotspot) : "–"));
      })));
  }

  function incidents() {
    const inc = HM.data.incidents, rows = HM.now.drawn.slice().sort((a, b) => inc.start[b] - inc.start[a]);
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    page = Math.min(page, pages - 1);
    const text = (i) => (HM.leftOut("place") ? HM.t("not-here") : inc.place[i] >= 0 ? HM.data.strings[inc.place[i]] : "–");
    const turn = (by, key, off) => h("button", { type: "button", disabled: off, onclick: () => { page += by; HM.drawTables(); } }, HM.t(key));
    return [h("table", { id: "hm-table-incidents" }, h("caption", {}, HM.t("table-incidents")),
      head(["date", "district", "place-as-reported", "place-precision", "device", "killed", "injured", "status-word"]),
      h("tbody", {}, rows.slice(page * PAGE, (page + 1) * PAGE).map((i) => {
        const [killed, injured] = HM.harmWords(i);
        return h("tr", {}, h("th", { scope: "row" }, h("button", { type: "button", class: "hm-link", onclick: () => {
          HM.closeTable(); HM.openIncident(i); } }, HM.incidentTitle(i))),
        h("td", {}, HM.districtsOf(i)), h("td", {}, text(i)), h("td", {}, HM.t("where_precision." + inc.where[i])),
        h("td", {}, HM.t("device." + HM.data.codes.device[inc.device[i]])), h("td", {}, killed), h("td", {}, injured),
        h("td", {}, HM.t("record_status." + HM.data.codes.record_status[inc.status[i]])));
      }))),
    pages > 1 ? h("p", { class: "hm-pager" }, turn(-1, "previous", page === 0), " " + HM.t("page", { n: page + 1, of: pages }) + " ",
      turn(1, "next", page === pages - 1)) : ""];
  }

  HM.drawTables = () => {
    if (document.getElementById("hm-table").open) HM.withDetails(fill);
  };
  function fill() {
    document.getElementById("hm-tables").replaceChildren(districts(),
      ...(HM.data.meta.aggregated ? [h("p", {}, HM.t("aggregated"))] : incidents()),
      h("p", {}, HM.t("unplaced") + ": " + HM.num(HM.now.unplaced.incidents, 2)));
  }
  HM.closeTable = () => document.getElementById("hm-table").close();
  HM.setUpTables = function () {
    const dialog = document.getElementById("hm-table");
    for (const id of ["hm-show-table", "hm-table-button"]) {
      document.getElementById(id).addEventListener("click", () => { dialog.showModal(); HM.drawTables(); });
    }
    document.getElementById("hm-close-table").addEventListener("click", HM.closeTable);
    HM.on("count", HM.drawTables);
    HM.on("lang", HM.drawTables);
  };
})(window.HM = window.HM || {});
