// Puts the page together: coordinates, north, the link that restores the view, and start.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const h = (...args) => HM.h(...args);
  const $ = (id) => document.getElementById(id);

  HM.coordinates = function (lat, lon) {
    // Longitudes of a map over the 180th meridian run on; what is read turns back.
    lon = L.Util.wrapNum(lon, [-180, 180], true);
    const degrees = HM.num(Math.abs(lat), 5) + "° " + HM.t(lat < 0 ? "south" : "north") + ", "
      + HM.num(Math.abs(lon), 5) + "° " + HM.t(lon < 0 ? "west" : "east");
    let grid = "–";
    if (lat >= -80 && lat <= 84) {
      grid = mgrs.forward([lon, lat], 5).replace(/^(\d+\w)(\w\w)(\d{5})(\d{5})$/, "$1 $2 $3 $4");
    }
    return [degrees, grid];
  };
  HM.showCoordinates = function (at) {
    const [degrees, grid] = HM.coordinates(at.lat, at.lng);
    $("hm-coords").replaceChildren(h("span", {}, degrees), " ", h("span", {}, "MGRS " + grid));
    $("hm-coords").hidden = false;
  };

  function north() {
    const control = L.control({ position: "topleft" });
    control.onAdd = () => h("div", { class: "hm-north", role: "img", "data-t-label": "north-arrow" },
      HM.svg("svg", { viewBox: "0 0 24 34", width: 24, height: 34, "aria-hidden": "true" },
        HM.svg("path", { d: "M12 1 20 24 12 19 4 24Z", fill: "#1d1d1b" }),
        HM.svg("text", { x: 12, y: 33, "text-anchor": "middle", "font-size": 10, "font-weight": 700 }, "N")));
    control.addTo(HM.map);
  }

  // The view in the address: what one sees can be sent to somebody else.
  let silent = false;
  HM.viewHash = function () {
    const c = HM.map.getCenter(), s = HM.state, parts = ["map=" + HM.map.getZoom() + "/" + c.lat.toFixed(4) + "/" + c.lng.toFixed(4),
      "lang=" + HM.lang, "layers=" + HM.layerNames.filter((n) => HM.isShown(n)).join(",")];
    if (HM.timed()) parts.push("days=" + HM.span().map(HM.iso).join("/"));
    for (const [name, list] of [["device", "device"], ["accident", "accident_type"], ["group", "group"]]) {
      if (s[name] !== null) parts.push(name + "=" + HM.data.codes[list][s[name]]);
    }
    return "#" + parts.join("&");
  };
  function save() {
    if (silent) return;
    const hash = HM.viewHash();
    try { history.replaceState(null, "", hash); } catch { /* a sandboxed frame has no address */ }
    const links = HM.data.meta.links;
    document.querySelectorAll("a[data-classed]").forEach((a) => { a.hash = hash; });
    if ($("hm-qr")) $("hm-qr").href = links.qr + encodeURIComponent(links.here + hash);
  }
  function restore() {
    const parts = new URLSearchParams(location.hash.slice(1)), view = (parts.get("map") || "").split("/").map(Number);
    silent = true;
    if (view.length === 3 && view.every(Number.isFinite)) HM.map.setView([view[1], view[2]], view[0], { animate: false });
    if (HM.data.texts[parts.get("lang")]) HM.lang = parts.get("lang");
    if (parts.has("layers")) {
      const on = parts.get("layers").split(",");
      HM.layerNames.filter(HM.hasLayer).forEach((n) => HM.showLayer(n, on.includes(n)));
    }
    const days = (parts.get("days") || "").split("/").map(HM.fromIso);
    const chosen = HM.window && days.length === 2 && days.every(Number.isFinite);
    HM.state.first = chosen && days[0] > HM.window[0] ? days[0] : null;
    HM.state.last = chosen && days[1] < HM.window[1] ? days[1] : null;
    for (const [name, list] of [["device", "device"], ["accident", "accident_type"], ["group", "group"]]) {
      const found = HM.data.codes[list].indexOf(parts.get(name));
      HM.state[name] = found < 0 ? null : found;
    }
    silent = false;
  }

  // Shown as well as copied: not every browser lets a page write to the clipboard.
  function copy(text) {
    const done = () => { $("hm-said").textContent = HM.t("copied"); }, field = $("hm-address");
    field.hidden = false;
    field.value = text;
    field.select();
    if (navigator.clipboard && isSecureContext) navigator.clipboard.writeText(text).then(done, () => {});
    else if (document.execCommand("copy")) done();
  }

  function actions() {
    $("hm-lang").value = HM.lang;
    $("hm-lang").addEventListener("change", (e) => HM.setLang(e.target.value));
    HM.on("lang", () => { $("hm-lang").value = HM.lang; });
    $("hm-print").addEventListener("click", () => window.print());
    $("hm-copy").addEventListener("click", () => copy(location.href));
    if ($("hm-frame")) {
      $("hm-frame").addEventListener("click", () => {
        const frame = h("iframe", { src: HM.data.meta.links.embed + HM.viewHash(), title: document.title, width: "100%", height: "600",
          style: { border: "0" } });
        copy(frame.outerHTML);
      });
    }
    $("hm-legend-toggle").addEventListener("click", () => {
      const open = $("hm-legend").classList.toggle("open");
      $("hm-legend-toggle").setAttribute("aria-expanded", String(open));
    });
    $("hm-home").addEventListener("click", () => HM.fit());
  }

  // Paper has another shape than the window: the same ground is fitted to it, and the
  // sources are unfolded.
  function printing() {
    let before = null;
    window.addEventListener("beforeprint", () => {
      before = { center: HM.map.getCenter(), zoom: HM.map.getZoom(), bounds: HM.map.getBounds() };
      const whole = before.bounds.contains(HM.data.meta.bounds);
      document.body.classList.add("hm-paper");
      document.querySelector(".hm-foot details").open = true;
      HM.map.invalidateSize({ animate: false, pan: false });
      if (whole) HM.fit(); else HM.map.fitBounds(before.bounds, { animate: false });
    });
    window.addEventListener("afterprint", () => {
      document.body.classList.remove("hm-paper");
      document.querySelector(".hm-foot details").open = false;
      HM.map.invalidateSize({ animate: false, pan: false });
      if (before) HM.map.setView(before.center, before.zoom, { animate: false });
    });
  }

  // The legend covers a part of the map; the country goes beside it.
  HM.fit = function () {
    HM.map.invalidateSize({ animate: false, pan: false });
    const legend = $("hm-legend").getBoundingClientRect(), stage = HM.map.getSize();
    const beside = legend.width < stage.x / 2, start = document.documentElement.dir === "rtl" ? "right" : "left";
    const side = beside ? legend.width + 14 : 6;
    HM.map.fitBounds(HM.data.meta.bounds, { animate: false,
      paddingTopLeft: [start === "left" ? side : 6, 6],
      paddingBottomRight: [start === "left" ? 6 : side, beside ? 6 : legend.height + 24] });
  };

  function listen(map) {
    for (const draw of [HM.drawFigures, HM.drawLegend]) ["count", "lang"].forEach((name) => HM.on(name, draw));
    HM.on("count", HM.drawLabels);
    HM.on("layers", HM.drawLegend);
    for (const name of ["layers", "lang"]) HM.on(name, HM.drawGraticule);
    // Longer words may leave the map less room.
    HM.on("lang", () => (map.getBounds().contains(HM.data.meta.bounds) ? HM.fit() : map.invalidateSize({ pan: false })));
    map.on("moveend", HM.drawGraticule);
    map.on("popupopen popupclose", (e) => document.body.classList.toggle("hm-reading", e.type === "popupopen"));
    map.on("click", (e) => HM.showCoordinates(e.latlng));
    map.on("moveend", save);
    HM.on("view", save);
    window.addEventListener("hashchange", () => { restore(); HM.setLang(HM.lang); HM.recount(); });
    window.addEventListener("resize", () => map.invalidateSize());
  }

  HM.start = async function (map, groups) {
    HM.map = map;
    HM.data = await HM.read($("hm-data"));
    HM.lang = HM.data.meta.lang;
    HM.prepare();
    map.attributionControl.setPrefix(false);
    HM.setUpKeyboard(map);
    HM.setUpLayers(groups);
    north();
    restore();
    HM.relabel();
    // Counted and described first: the legend's size decides where the country goes, and
    // each part is drawn once, in its place.
    HM.now = HM.counts();
    HM.drawFigures();
    HM.drawLegend();
    if (!location.hash.includes("map=")) HM.fit();
    HM.drawLayers();
    HM.setUpPanel();
    HM.setUpTime();
    HM.setUpTables();
    actions();
    printing();
    HM.emit("count");
    HM.drawLabels();
    HM.drawGraticule();
    listen(map);
    save();
    document.body.dataset.ready = "true";
    // What can be seen can be used: measured by benchmarks/browser.py.
    requestAnimationFrame(() => setTimeout(() => {
      performance.mark("hm-usable");
      HM.withDetails(() => {});
    }, 0));
  };
})(window.HM = window.HM || {});
