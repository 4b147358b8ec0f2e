// What others published about districts, in quotation marks: no incidents, so they have a sign
// and a layer of their own, are coloured by nothing, and are never added up.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const h = (...args) => HM.h(...args);
  const MOST = 12, SIGNS = { over: ">\u2009", almost: "≲\u2009", about: "≈\u2009" };

  HM.quoted = (text) => h("span", { class: "hm-quoted", "aria-hidden": "true" }, "“" + text + "”");
  const number = (f) => (f.qualifier === "exact" ? "" : HM.t("qualifier." + f.qualifier) + " ") + HM.num(f.value);
  const counted = (f) => (f.metric === "incidents" ? HM.t("incidents")
    : (f.group ? HM.t("group." + f.group) : HM.t("published-people")) + ", " + (f.outcome ? HM.t("outcome." + f.outcome) : HM.t("weight.casualties")));
  function period(f) {
    if (f.first === null && f.last === null) return HM.t("not-stated");
    if (f.first !== null && f.last !== null) return HM.days(f.first, f.last);
    return f.last === null ? HM.day(f.first) + " – …" : "… – " + HM.day(f.last);
  }
  const issuer = (f) => f.issuer || HM.t("issuer-not-stated");

  // Figures of the chosen days; those that lie wholly in them come first.
  function chosen() {
    const { rows } = HM.data.published;
    if (!HM.timed()) return rows;
    const [a, b] = HM.span();
    const found = rows.filter((f) => (f.first !== null || f.last !== null) && (f.first === null || f.first <= b)
      && (f.last === null || f.last >= a));
    const within = (f) => f.first !== null && f.last !== null && f.first >= a && f.last <= b;
    return found.filter(within).concat(found.filter((f) => !within(f)));
  }

  // A figure of several districts together stands once, on the first of them.
  HM.drawPublished = function () {
    const group = HM.groups.published, byDistricts = new Map();
    group.clearLayers();
    if (!HM.isShown("published")) return;
    chosen().forEach((f) => byDistricts.set(f.districts.join(), (byDistricts.get(f.districts.join()) || []).concat(f)));
    byDistricts.forEach((found) => group.addLayer(mark(found)));
  };

  function mark(found) {
    const latest = found[0], names = latest.districts.map((d) => HM.bothNames(HM.data.districts[d])).join(", ");
    const text = (SIGNS[latest.qualifier] || "") + HM.num(latest.value) + (found.length > 1 ? " …" : "");
    const more = found.length > 1 ? "; " + HM.t("published-more", { n: HM.num(found.length - 1) }) : "";
    const label = HM.t("layer.published") + ", " + names + ": " + [number(latest) + " (" + counted(latest) + ")", period(latest),
      issuer(latest)].join(", ") + more;
    // A number half covered would be another number: without room it is not written.
    const signs = [[30 + 7 * text.length, HM.quoted(text)], [30, HM.quoted("…")]];
    return HM.districtMark(latest.districts[0], signs, label, () => popup(found, names));
  }

  function popup(found, names) {
    const line = (...parts) => h("span", { class: "hm-line" }, ...parts);
    return h("div", { class: "hm-popup", lang: HM.lang }, h("h2", {}, names), h("p", { class: "hm-class" }, HM.t("layer.published")),
      found.slice(0, MOST).map((f) => h("p", {}, line(h("strong", {}, number(f)), " – ", counted(f)),
        line(HM.t("period") + ": " + period(f)), line(HM.t("issuer") + ": " + issuer(f)),
        f.mines ? null : line(HM.t("not-only-mines")), HM.sourceLinks(f.sources))),
      found.length > MOST ? h("p", {}, HM.t("published-more", { n: HM.num(found.length - MOST) })) : null);
  }
})(window.HM = window.HM || {});
