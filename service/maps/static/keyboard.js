// The keyboard's way through the map: the districts are one stop and the marks another.
// Arrows walk from one to the next, Enter opens, Escape closes and leads back. And a map
// that does not glide for those who asked for less motion.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  let marks = [], opener = null, byKey = false;

  const stop = (nodes, at) => nodes.forEach((node, i) => node.setAttribute("tabindex", i === at ? "0" : "-1"));
  // Goes to another of the nodes where the key says so; says whether it did.
  HM.step = function (nodes, at, event) {
    const last = nodes.length - 1, step = STEPS[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : step ? (at + step + nodes.length) % nodes.length : -1;
    if (to < 0) return false;
    stop(nodes, to);
    nodes[to].focus();
    event.preventDefault();
    event.stopPropagation();
    return true;
  };

  // The marks are made anew with each view: the focus goes to the one that is nearest to
  // where it was, so that who opens a group stands in it.
  HM.heldMark = () => marks.find((m) => m.getElement() === document.activeElement)?.getLatLng() || null;
  HM.walkMarks = function (drawn, held) {
    marks = drawn.filter((m) => m.getElement());
    marks.sort((a, b) => a.getLatLng().lng - b.getLatLng().lng || b.getLatLng().lat - a.getLatLng().lat);
    const nodes = marks.map((m) => m.getElement());
    marks.forEach((m, i) => nodes[i].addEventListener("keydown", (event) => {
      if (HM.step(nodes, i, event)) return;
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      m.fire("click", { latlng: m.getLatLng() });
    }));
    const away = (m) => HM.map.latLngToContainerPoint(m.getLatLng()).distanceTo(HM.map.latLngToContainerPoint(held));
    const at = held && marks.length ? marks.indexOf(marks.reduce((a, b) => (away(a) <= away(b) ? a : b))) : 0;
    stop(nodes, at);
    if (held && nodes.length) nodes[at].focus({ preventScroll: true });
  };

  HM.setUpKeyboard = function (map) {
    document.addEventListener("keydown", () => { byKey = true; }, true);
    document.addEventListener("pointerdown", () => { byKey = false; }, true);
    const still = window.matchMedia("(prefers-reduced-motion: reduce)"), pan = map.panBy;
    map.panBy = function (by, options) { return pan.call(map, by, still.matches ? Object.assign({}, options, { animate: false }) : options); };
    Object.defineProperty(map.options, "inertia", { get: () => !still.matches });
    HM.stillness = () => still.matches;

    map.on("popupopen", (e) => {
      if (!byKey) return;
      const box = e.popup.getElement().querySelector(".leaflet-popup-content");
      opener = box.contains(document.activeElement) ? opener : { node: document.activeElement, at: HM.heldMark() };
      box.setAttribute("tabindex", "-1");
      box.focus({ preventScroll: true });
    });
    map.on("popupclose", (e) => {
      const left = opener, box = e.popup.getElement();
      if (!left || !(box.contains(document.activeElement) || document.activeElement === document.body)) return;
      opener = null;
      if (left.node.isConnected) left.node.focus({ preventScroll: true });
      else if (left.at) HM.walkMarks(marks, left.at);
    });
    map.getContainer().addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(); });
  };
})(window.HM = window.HM || {});
