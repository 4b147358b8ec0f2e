// The side panel: search, filters, layers; and the time slider.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const h = (...args) => HM.h(...args);
  const $ = (id) => document.getElementById(id);

  function options(select, list, name, present) {
    const chosen = HM.state[name];
    select.replaceChildren(h("option", { value: "" }, HM.t("all")), ...present.map((i) => h("option",
      { value: i, selected: chosen === i }, HM.t((name === "accident" ? "accident_type" : name) + "." + list[i]))));
    select.disabled = present.length === 0;
  }
  function fillFilters() {
    const inc = HM.data.incidents, codes = HM.data.codes;
    const present = (values) => Array.from(new Set(values)).filter((v) => v >= 0).sort((a, b) => a - b);
    options($("hm-device"), codes.device, "device", present(inc.device));
    options($("hm-accident"), codes.accident_type, "accident", present(inc.accident));
    options($("hm-group"), codes.group, "group", present(inc.people.flat().map((r) => r[0])));
    if (HM.window) {
      for (const id of ["hm-from", "hm-to"]) {
        $(id).min = HM.iso(HM.window[0]);
        $(id).max = HM.iso(HM.window[1]);
      }
    }
  }
  function showDates() {
    const span = HM.span();
    if (!span) return;
    $("hm-from").value = HM.iso(span[0]);
    $("hm-to").value = HM.iso(span[1]);
  }

  HM.setFilter = function (name, value) {
    HM.state[name] = value;
    HM.recount();
    HM.emit("view");
  };
  function dates() {
    const read = (id) => ($(id).value && $(id).validity.valid ? HM.fromIso($(id).value) : null);
    const a = read("hm-from"), b = read("hm-to");
    if (a !== null && b !== null && a > b) return;
    HM.state.first = a !== null && a > HM.window[0] ? a : null;
    HM.state.last = b !== null && b < HM.window[1] ? b : null;
    HM.recount();
    HM.emit("view");
  }

  HM.setUpPanel = function () {
    fillFilters();
    showDates();
    HM.on("lang", fillFilters);
    HM.on("count", showDates);
    for (const [id, name] of [["hm-device", "device"], ["hm-accident", "accident"], ["hm-group", "group"]]) {
      $(id).addEventListener("change", (e) => HM.setFilter(name, e.target.value === "" ? null : Number(e.target.value)));
      HM.on("count", () => { $(id).value = HM.state[name] === null ? "" : String(HM.state[name]); });
    }
    $("hm-from").addEventListener("change", dates);
    $("hm-to").addEventListener("change", dates);
    $("hm-reset").addEventListener("click", () => {
      Object.assign(HM.state, { first: null, last: null, device: null, accident: null, group: null });
      HM.stop();
      HM.recount();
      HM.emit("view");
    });
    HM.on("count", () => { $("hm-reset").hidden = !HM.filtered(); });
    layerSwitches();
    HM.on("lang", layerSwitches);
    HM.on("count", layerSwitches);
    HM.on("layers", () => HM.layerNames.forEach((name) => {
      const box = $("hm-layer-" + name);
      if (box) box.checked = HM.isShown(name);
    }));
    $("hm-menu").addEventListener("click", () => {
      const open = document.body.classList.toggle("hm-open");
      $("hm-menu").setAttribute("aria-expanded", String(open));
      if (open) $("hm-search").focus();
    });
    search();
  };

  function layerSwitches() {
    $("hm-layers").replaceChildren(...HM.layerNames.filter(HM.hasLayer).map((name) => {
      const why = reason(name);
      return h("label", { class: "hm-check" },
        h("input", { type: "checkbox", id: "hm-layer-" + name, checked: HM.isShown(name), disabled: Boolean(why),
          onchange: (e) => HM.showLayer(name, e.target.checked) }),
        h("span", {}, HM.t("layer." + name), why && h("small", {}, ": " + why)));
    }));
  }
  // Why a layer cannot be shown now; empty when it can.
  function reason(name) {
    if (name === "hotspots" && !HM.anySpot()) {
      const untested = HM.data.clusters.length && HM.data.clusters.every((c) => c.status === "not_enough_data");
      return HM.t(untested ? "hotspot.not_enough_data" : "hotspot.none");
    }
    return HM.unfiltered.has(name) && HM.filtered() ? HM.t("only-unfiltered") : "";
  }

  // Spellings differ in case, diacritics, apostrophes and the word for "district".
  const LETTERS = { "ə": "e", "ı": "i", "ё": "е", "й": "и", "ð": "d", "ø": "o", "ł": "l" };
  const WORDS = /(^|\s)(district|region|rayon|rayonu|raion|city|town|village|şəhəri|seheri|qəsəbəsi|kəndi|район|города?|село|посёлок|шрджан|շրջան)(?=\s|$)/gu;
  HM.fold = (text) => text.toLowerCase().replace(WORDS, " ").normalize("NFD").replace(/\p{M}/gu, "")
    .replace(/[’'ʻʼ`´ʹ-]/g, "").replace(/[əıёйðøł]/g, (c) => LETTERS[c]).replace(/ск(ии|ого|ом|ая)(?=\s|$)/g, "")
    .replace(/\s+/g, " ").trim();

  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let row = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      }
      row = next;
    }
    return row[b.length];
  }
  let entries = null;
  HM.find = function (text) {
    const q = HM.fold(text);
    if (!q) return [];
    if (!entries) {
      const spell = (thing) => Array.from(new Set([thing.name, thing.az, thing.en, thing.ru, thing.hy, thing.pcode, thing.id,
        ...(thing.aliases || "").split("|")].filter(Boolean).map(HM.fold))).filter(Boolean);
      entries = HM.data.districts.map((thing, d) => ({ d, thing, forms: spell(thing) }))
        .concat(HM.data.places.map((thing) => ({ d: -1, thing, forms: spell(thing) })));
    }
    const most = q.length >= 8 ? 2 : q.length >= 5 ? 1 : 0, found = [];
    for (const e of entries) {
      let best = 9;
      for (const f of e.forms) {
        if (f === q) best = 0;
        else if (f.startsWith(q)) best = Math.min(best, 1);
        else if (q.length > 3 && f.includes(q)) best = Math.min(best, 2);
        else if (best > 3 && most && distance(f, q, most) <= most) best = Math.min(best, 3);
      }
      if (best < 9) found.push([best + (e.d < 0 ? 0.5 : 0), e]);
    }
    return found.sort((a, b) => a[0] - b[0]).slice(0, 8).map((f) => f[1]);
  };
  function go(e) {
    if (e.d >= 0) HM.openDistrict(e.d, true);
    else if (e.thing.x !== null) {
      HM.showLayer("places", true);
      HM.map.setView([e.thing.y, e.thing.x], 11);
      HM.openPopup([e.thing.y, e.thing.x], h("div", { class: "hm-popup" }, h("h2", {}, HM.bothNames(e.thing)),
        h("p", {}, e.thing.district >= 0 ? HM.t("district") + ": " + HM.bothNames(HM.data.districts[e.thing.district]) : ""),
        e.thing.hy && h("p", { lang: "hy" }, e.thing.hy)));
    } else if (e.thing.district >= 0) HM.openDistrict(e.thing.district, true);
    document.body.classList.remove("hm-open");
    $("hm-menu").setAttribute("aria-expanded", "false");
  }
  function search() {
    const field = $("hm-search"), list = $("hm-found");
    const show = () => {
      const found = HM.find(field.value);
      list.replaceChildren(...found.map((e) => h("li", {}, h("button", { type: "button", onclick: () => go(e) },
        HM.bothNames(e.thing), h("small", {}, " " + (e.d >= 0 ? HM.t("district")
          : e.thing.district >= 0 ? HM.name(HM.data.districts[e.thing.district]) : ""))))));
      $("hm-found-note").textContent = field.value ? HM.t(found.length ? "found" : "nothing-found", { n: found.length }) : "";
    };
    field.addEventListener("input", show);
    HM.on("lang", show);
    $("hm-search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const found = HM.find(field.value);
      if (found.length) go(found[0]);
    });
  }

  // Time: a slider over the months, and play.
  let months = [], timer = null;
  HM.setUpTime = function () {
    if (!HM.window) { $("hm-time").hidden = true; return; }
    const a = new Date(HM.window[0] * 864e5), b = new Date(HM.window[1] * 864e5);
    for (let m = Date.UTC(a.getUTCFullYear(), a.getUTCMonth()); m <= b.getTime();) {
      const from = new Date(m), to = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1);
      months.push([Math.round(m / 864e5), Math.round(to / 864e5) - 1]);
      m = to;
    }
    const slider = $("hm-slider");
    slider.max = months.length - 1;
    slider.value = months.length - 1;
    slider.addEventListener("input", () => { HM.stop(); HM.setMonth(Number(slider.value)); });
    $("hm-mode").addEventListener("change", () => HM.setMonth(Number(slider.value)));
    $("hm-play").addEventListener("click", () => (timer ? HM.stop() : play()));
    HM.on("count", label);
    HM.on("lang", label);
  };
  HM.setMonth = function (n) {
    const mode = $("hm-mode").value, last = months.length - 1, back = { month: 0, year: 11 }[mode];
    HM.state.first = back === undefined ? null : months[Math.max(0, n - back)][0];
    HM.state.last = mode === "upto" && n === last ? null : months[n][1];
    if (HM.state.first !== null && HM.state.first < HM.window[0]) HM.state.first = HM.window[0];
    HM.recount();
    HM.emit("view");
  };
  function label() {
    const span = HM.span(), slider = $("hm-slider");
    let n = months.findIndex((m) => span[1] <= m[1]);
    if (n < 0) n = months.length - 1;
    slider.value = n;
    const text = HM.t("mode." + $("hm-mode").value) + " " + HM.month(months[n][0]);
    slider.setAttribute("aria-valuetext", text);
    $("hm-month").textContent = HM.timed() ? HM.days(span[0], span[1]) : HM.t("whole-period");
  }
  function button(playing) {
    const node = $("hm-play");
    node.dataset.tLabel = playing ? "pause" : "play";
    node.textContent = playing ? "❚❚" : "▶";
    HM.relabel();
  }
  function play() {
    const last = months.length - 1, 
      wait = HM.stillness() ? 1500 : Math.max(120, Math.min(900, 15000 / months.length));
    let n = Number($("hm-slider").value);
    n = n >= last ? 0 : n + 1;
    button(true);
    const step = () => {
      HM.setMonth(n);
      if (n++ >= last) HM.stop();
    };
    timer = setInterval(step, wait);
    step();
  }
  HM.stop = function () {
    if (!timer) return;
    clearInterval(timer);
    timer = null;
    button(false);
  };
})(window.HM = window.HM || {});
