// Small comforts; every page works without this file.
"use strict";

// Buttons that copy the text of a field or element to the clipboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    const before = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = before; }, 1500);
  });
}

// Shapes of the small risk map lead to their district; the table holds the same links.
for (const shape of document.querySelectorAll("svg [data-href]")) {
  shape.addEventListener("click", () => { location.href = shape.dataset.href; });
}

// On wide screens the menu is always open (browsers without ::details-content).
const menu = document.querySelector(".menu");
if (menu) {
  const wide = matchMedia("(min-width: 64rem)");
  const fit = () => { menu.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
}

// A form sends only what was filled in, so that links stay short.
for (const form of document.querySelectorAll("form.filters")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
}
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form.filters [disabled]")) field.disabled = false;
});

// Pages that were read open again without network; the worker keeps them.
const worker = document.querySelector("meta[name=worker]")?.content;
if (worker && navigator.serviceWorker) {
  const first = !navigator.serviceWorker.controller;
  navigator.serviceWorker.register(worker).then(async () => {
    const ready = await navigator.serviceWorker.ready;
    if (first) ready.active.postMessage({ keep: location.href.split("#")[0] });
  }).catch(() => { /* a private window, or no secure address: the pages work without it */ });
}

// The help page for what is not kept: what is kept, by title.
const kept = document.getElementById("kept");
if (kept && window.caches) {
  const again = document.querySelector("[data-again]");
  again.href = location.href;
  again.hidden = location.pathname.endsWith("/offline");
  caches.open("hazardmap-pages").then(async (pages) => {
    for (const request of await pages.keys()) {
      if (request.url.includes("/offline?")) continue;
      const html = await (await pages.match(request, { ignoreVary: true })).text();
      const title = new DOMParser().parseFromString(html, "text/html").title;
      const link = document.createElement("a");
      link.href = request.url;
      link.textContent = title.replace(" · hazardmap", "");
      const item = document.createElement("li");
      item.append(link);
      document.getElementById("kept-list").append(item);
      kept.hidden = false;
    }
  });
}
