// Shared ground of the map page: data, texts, numbers, and building elements without HTML
// strings, so that no text of the data is ever read as markup.
(/** @param {HazardMap} HM */ function (HM) {
  "use strict";
  const DAY = 86400000;

  // Large data stand deflated in Base64. Browsers inflate by themselves; older ones have the
  // library's script.
  HM.read = async function (node) {
    if (node.type === "application/json") return JSON.parse(node.textContent);
    const text = atob(node.textContent.trim()), bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    if (typeof DecompressionStream === "undefined") return JSON.parse(fflate.strFromU8(fflate.unzlibSync(bytes)));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
  };

  // Words of many incidents are read when the map can be used already: by then it has been
  // drawn and counted. Whoever asks for them earlier waits.
  let words = null;
  HM.withDetails = function (action) {
    const node = document.getElementById("hm-details");
    if (!node || HM.data.ids) return action();
    words = words || HM.read(node).then(({ incidents, ...rest }) => {
      Object.assign(HM.data, rest);
      Object.assign(HM.data.incidents, incidents);
    });
    return words.then(action);
  };
  HM.leftOut = (column) => (HM.data.meta.leftOut || []).includes(column);

  HM.t = function (key, values) {
    const texts = HM.data.texts;
    let text = (texts[HM.lang] || {})[key] || texts.en[key] || key;
    for (const name in values || {}) text = text.split("{" + name + "}").join(values[name]);
    return text;
  };

  // Words after a number in the language's own plural form.
  HM.counted = function (key, n) {
    const rule = new Intl.PluralRules(HM.locale()).select(n === null ? 5 : n);
    return HM.t("n-" + key + "." + rule);
  };

  HM.h = function (tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "class") node.className = value;
      else if (name === "style") Object.assign(node.style, value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat(3)) {
      if (child === null || child === undefined || child === "" || child === false) continue;
      node.append(child.nodeType ? child : String(child));
    }
    return node;
  };

  HM.svg = function (tag, attributes, ...children) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  HM.locale = () => (HM.lang === "en" ? "en-GB" : HM.lang);
  // Browsers do not know every language's months and separators; the page carries them.
  const format = () => HM.data.formats[HM.lang];

  function written(x, digits) {
    const [whole, part] = Math.abs(x).toFixed(digits).split(".");
    const f = format(), grouped = whole.replace(/\B(?=(\d{3})+$)/g, f.group);
    const rest = (part || "").replace(/0+$/, "");
    return (x < 0 && Number(Math.abs(x).toFixed(digits)) ? "-" : "") + grouped + (rest ? f.decimal + rest : "");
  }
  const missing = (x) => x === null || x === undefined || Number.isNaN(x);
  // Unknown is a dash, never 0; fractions come from places or dates that are shared out.
  HM.num = (x, digits) => (missing(x) ? "–" : written(x, digits === undefined ? 1 : digits));
  // People by their bounds: what is known at least or at most is never written as a number.
  HM.people = (low, high) => (low === null ? (high === null ? "–" : "≤ " + HM.num(high))
    : high === null ? "≥ " + HM.num(low) : low === high ? HM.num(low) : ordered(HM.num(low) + "–" + HM.num(high)));
  // A toll: people, and whether there may be more than so many.
  HM.toll = ([n, more], digits) => (n === null ? "–" : (more ? "≥ " : "") + HM.num(n, digits));
  // Two significant digits: the intervals are wide.
  HM.rate = function (x) {
    if (missing(x)) return "–";
    if (x === 0) return "0";
    const size = Math.floor(Math.log10(Math.abs(x)));
    return size >= 1 ? written(Number(x.toPrecision(2)), 0) : written(x, Math.min(8, 1 - size));
  };
  // Both limits stay in their order also inside a text that runs from right to left.
  const ordered = (text) => (format().dir === "rtl" ? "\u2066" + text + "\u2069" : text);
  HM.range = (low, high) => (high === null || high === undefined ? "–"
    : ordered(HM.rate(low === null ? 0 : low) + "–" + HM.rate(high)));

  function dated(n, pattern) {
    const at = new Date(n * DAY), m = at.getUTCMonth(), f = format();
    const parts = { d: at.getUTCDate(), dd: String(at.getUTCDate()).padStart(2, "0"), MMMM: f.months[m], MMM: f.short[m],
      MM: String(m + 1).padStart(2, "0"), LLLL: f.alone[m], y: at.getUTCFullYear(), yyyy: at.getUTCFullYear() };
    return pattern.replace(/'([^']*)'|MMMM|MMM|MM|LLLL|dd|d|yyyy|y/g, (token, quoted) => (quoted === undefined ? parts[token] : quoted));
  }
  HM.day = (n) => dated(n, format().long);
  HM.month = (n) => dated(n, format().month);
  HM.iso = (n) => new Date(n * DAY).toISOString().slice(0, 10);
  HM.fromIso = (text) => Math.round(Date.parse(text + "T00:00:00Z") / DAY);
  HM.days = function (first, last) {
    if (first === last) return HM.day(first);
    const a = new Date(first * DAY), b = new Date((last + 1) * DAY);
    const months = a.getUTCDate() === 1 && b.getUTCDate() === 1;
    if (months && (b.getTime() - a.getTime()) / DAY < 32) return HM.month(first);
    if (months && a.getUTCMonth() === 0 && b.getUTCMonth() === 0 && (b.getTime() - a.getTime()) / DAY < 367) {
      return String(a.getUTCFullYear());
    }
    return dated(first, format().medium) + " – " + dated(last, format().medium);
  };

  // Names in the reader's language with the local name beside.
  HM.name = function (thing) {
    return (thing[HM.lang] || thing.name);
  };
  HM.bothNames = function (thing) {
    const own = HM.name(thing), local = thing.az || thing.name;
    return own === local ? own : own + " (" + local + ")";
  };

  HM.unit = () => HM.t("unit." + HM.data.meta.weight + "." + HM.data.meta.exposure);

  // Rings are flat lists of integers, each pair the difference to the one before.
  HM.latlngs = function (polygons, scale) {
    return polygons.map((rings) => rings.map((flat) => {
      const points = [];
      let x = 0, y = 0;
      for (let i = 0; i < flat.length; i += 2) {
        x += flat[i]; y += flat[i + 1];
        points.push([y / scale, x / scale]);
      }
      return points;
    }));
  };

  const listeners = {};
  HM.on = (name, action) => (listeners[name] = listeners[name] || []).push(action);
  HM.emit = (name, value) => (listeners[name] || []).forEach((action) => action(value));

  HM.relabel = function () {
    document.documentElement.lang = HM.lang;
    document.documentElement.dir = format().dir;
    document.getElementById("hm-sources").textContent = HM.data.meta.sources[HM.lang];
    const keys = { description: "description", source: "sources", place: "place-as-reported" };
    const missing = (HM.data.meta.leftOut || []).map((name) => HM.t(keys[name]));
    document.getElementById("hm-left-out").hidden = !missing.length;
    document.getElementById("hm-left-out").textContent = HM.t("left-out", { what: missing.join(", ") });
    document.querySelectorAll("[data-t]").forEach((n) => { n.textContent = HM.t(n.dataset.t); });
    document.querySelectorAll("[data-t-label]").forEach((n) => {
      n.setAttribute("aria-label", HM.t(n.dataset.tLabel));
      n.title = HM.t(n.dataset.tLabel);
    });
    document.querySelectorAll("[data-t-hint]").forEach((n) => {
      n.placeholder = HM.t(n.dataset.tHint);
    });
  };
  HM.setLang = function (lang) {
    if (!HM.data.texts[lang]) return;
    HM.lang = lang;
    HM.relabel();
    HM.emit("lang");
    HM.emit("view");
  };
})(window.HM = window.HM || {});
