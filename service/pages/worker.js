// Keeps the public pages that were read, and shows them where there is no network.
// SETTINGS stands before this file: root, files, notes.
"use strict";

const FILES = "hazardmap-files";
const PAGES = "hazardmap-pages";
const MOST_FILES = 60;
const MOST_PAGES = 60;
const PATIENCE_MS = 15000;
const KEPT_AT = "x-kept-at";
const NEVER = /^\/(login|access|import|session|offline|docs|api|api\.html|sw\.js)(\/|$)/;

const offlinePage = (lang) => `${SETTINGS.root}/offline?lang=${lang}`;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const files = await caches.open(FILES);
    await Promise.all(SETTINGS.files.map(async (address) => {
      const answer = await fetch(address);
      if (answer.ok) await files.put(address, answer);
    }));
    const pages = await caches.open(PAGES);
    for (const lang of Object.keys(SETTINGS.notes)) {
      const answer = await fetch(offlinePage(lang), { headers: { Accept: "text/html" }, credentials: "omit" });
      if (answer.ok) await pages.put(offlinePage(lang), answer);
    }
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page that registers the worker was loaded without it: it asks to be kept.
self.addEventListener("message", (event) => {
  const address = event.data?.keep;
  if (!address || new URL(address).origin !== location.origin || !takes(new URL(address))) return;
  event.waitUntil((async () => {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    await keep(address, answer);
  })().catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname.startsWith(`${SETTINGS.root}/static/`)) {
    event.respondWith(file(request, address));
  } else if (request.mode === "navigate") {
    event.respondWith(page(event, request, address));
  }
});

function takes(address) {
  return !NEVER.test(address.pathname.slice(SETTINGS.root.length));
}

function key(address) {
  return address.origin + address.pathname + address.search;
}

// A file with its version in the address never changes.
async function file(request, address) {
  const files = await caches.open(FILES);
  const held = await files.match(request, { ignoreVary: true });
  if (held && address.searchParams.has("v")) return held;
  try {
    const answer = await fetch(request);
    if (answer.ok && address.searchParams.has("v")) {
      await files.put(request, answer.clone());
      await trim(files, MOST_FILES);
    }
    return answer;
  } catch (error) {
    const other = held ?? await files.match(request, { ignoreVary: true, ignoreSearch: true });
    if (other) return other;
    throw error;
  }
}

// The network first; a copy only where it fails, or keeps the reader waiting too long.
async function page(event, request, address) {
  const pages = await caches.open(PAGES);
  const held = takes(address) ? await pages.match(key(address), { ignoreVary: true }) : undefined;
  const asked = fetch(request);
  try {
    const answer = await (held ? soon(asked) : asked);
    if (takes(address)) event.waitUntil(keep(key(address), answer.clone()).catch(() => {}));
    return answer;
  } catch {
    asked.catch(() => {});
    if (held) return noted(held);
    const lang = language(address);
    return await pages.match(offlinePage(lang), { ignoreVary: true }) ?? Response.error();
  }
}

function soon(asked) {
  return Promise.race([asked, new Promise((_, fail) => { setTimeout(fail, PATIENCE_MS); })]);
}

function language(address) {
  const wishes = [address.searchParams.get("lang"), ...navigator.languages].filter(Boolean);
  return wishes.map((w) => w.slice(0, 2).toLowerCase()).find((w) => w in SETTINGS.notes) ?? "en";
}

// Only what the service gave to the public is kept, never what somebody signed in may see.
async function keep(address, answer) {
  const { headers } = answer;
  if (!answer.ok || answer.redirected || headers.get("hazardmap-view") !== "public") return;
  if (!headers.get("content-type")?.startsWith("text/html")) return;
  if (headers.get("cache-control")?.includes("no-store") || headers.has("content-disposition")) return;
  const dated = new Headers(headers);
  dated.set(KEPT_AT, new Date().toISOString());
  const pages = await caches.open(PAGES);
  await pages.delete(address, { ignoreVary: true });
  await pages.put(address, new Response(await answer.arrayBuffer(), { headers: dated }));
  await trim(pages, MOST_PAGES);
}

// What was kept first goes first; the help pages stay.
async function trim(cache, most) {
  const held = (await cache.keys()).filter((r) => !r.url.includes("/offline?"));
  for (const request of held.slice(0, Math.max(held.length - most, 0))) {
    await cache.delete(request, { ignoreVary: true });
  }
}

async function noted(held) {
  const html = await held.text();
  const lang = /<html[^>]*\blang="([a-z]{2})/.exec(html)?.[1] ?? "en";
  const day = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "medium", timeStyle: "short" })
    .format(new Date(held.headers.get(KEPT_AT)));
  const text = (SETTINGS.notes[lang] ?? SETTINGS.notes.en).replace("%(date)s", day);
  // Pages of the service have a class for it; the map, a document of its own, has not.
  const own = html.includes("/static/site.css");
  const look = own ? 'class="warning"' : 'style="flex:none;margin:0;padding:.4rem 1rem;'
    + 'background:#fff9ea;border-block-end:2px solid #f2b134;color:#16242b;font:15px/1.4 system-ui,sans-serif"';
  const place = own ? /<main[^>]*>/ : /<body[^>]*>/;
  const note = `<p id="kept-copy" role="status" ${look}>${text}</p>`;
  return new Response(html.replace(place, (start) => start + note), { headers: held.headers });
}
