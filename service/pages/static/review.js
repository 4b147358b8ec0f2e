// Review of a report: keys, words selected as evidence, and drafts kept when the connection drops.
"use strict";

// What is typed is kept in this browser until the server has taken it.
for (const form of document.querySelectorAll("form[data-keep]")) {
  const key = `hazardmap-${form.dataset.keep}`;
  const names = () => [...form.elements].filter((f) => f.name && !["hidden", "file"].includes(f.type));
  const read = (f) => (f.type === "checkbox" || f.type === "radio" ? f.checked : f.value);
  const store = () => {
    const held = names().map((f) => [f.name, f.type === "radio" ? f.value : "", read(f)]);
    const spans = [...form.querySelectorAll("input[name^=span-]")].map((f) => [f.name, f.value]);
    try { localStorage.setItem(key, JSON.stringify({ held, spans })); } catch { /* a private window */ }
  };
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(key)); } catch { /* none */ }
  if (kept && !document.getElementById("notice")) {
    let changed = false;
    for (const [name, value, state] of kept.held) {
      const field = names().find((f) => f.name === name && (f.type !== "radio" || f.value === value));
      if (!field || read(field) === state) continue;
      changed = true;
      if (typeof state === "boolean") field.checked = state;
      else field.value = state;
    }
    for (const [name, value] of kept.spans ?? []) changed = addSpan(form, name, value) || changed;
    const values = form.querySelector("#values");
    if (changed && values) values.open = true;
    if (changed && form.dataset.kept) tell(form, form.dataset.kept, "good");
  }
  form.addEventListener("input", store);
  form.addEventListener("change", store);
  form.addEventListener("span", store);
  form.addEventListener("submit", (event) => {
    store();
    if (navigator.onLine === false && form.dataset.offline) {
      event.preventDefault();
      tell(form, form.dataset.offline, "alert");
    }
  });
}
function addSpan(form, name, value) {
  if (form.querySelector(`input[name="${name}"]`)) return false;
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = name;
  input.value = value;
  form.append(input);
  return true;
}

function tell(form, text, kind) {
  form.querySelector(".told-here")?.remove();
  const line = document.createElement("p");
  line.className = `${kind} told-here`;
  line.setAttribute("role", "status");
  line.textContent = text;
  form.prepend(line);
}

const root = document.getElementById("review");
if (root) {
  // What the server has taken needs no draft any more.
  const { report, version } = root.dataset;
    for (const key of Object.keys(localStorage)) {
    const own = key.startsWith(`hazardmap-report-${report}-`) && !key.endsWith(`-${version}`);
    if (own || key === "hazardmap-report-new") localStorage.removeItem(key);
  }
  const text = document.getElementById("report-text");
  const bar = document.getElementById("mark-words");
  const decide = document.getElementById("decide");
  let chosen = null;

  // The first words of the candidate in front are in view.
  const first = text.querySelector("mark");
  if (first) text.scrollTop = first.offsetTop - text.offsetTop - 48;

  // Position in the report's text, counted in characters as Python counts them.
  const offset = (node, at) => {
    const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
    if (!piece) return null;
    const before = node.nodeType === Node.TEXT_NODE ? node.data.slice(0, at) : "";
    return Number(piece.dataset.start) + [...before].length;
  };

  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    if (!decide || !selection.rangeCount || selection.isCollapsed || !text.contains(selection.anchorNode)) return;
    const range = selection.getRangeAt(0);
    const start = offset(range.startContainer, range.startOffset);
    const end = offset(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start) return;
    chosen = { start, end, words: selection.toString().replace(/\s+/g, " ").trim() };
    bar.hidden = false;
  });

  bar?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!chosen || !decide) return;
    const name = document.getElementById("mark-field").value;
    const number = decide.querySelectorAll("input[name^=span-]").length;
    addSpan(decide, `span-${number}`, `${name}:${chosen.start}:${chosen.end}`);
    const field = document.getElementById(`f-${name}`);
    if (field && (field.tagName === "TEXTAREA" || field.type === "text")) field.value = chosen.words;
    mark(chosen.start, chosen.end);
    document.getElementById("values").open = true;
    decide.dispatchEvent(new Event("span"));
    bar.hidden = true;
    getSelection().removeAllRanges();
    field?.focus();
  });
  document.getElementById("mark-cancel")?.addEventListener("click", () => { bar.hidden = true; });

  function mark(start, end) {
    for (const piece of text.querySelectorAll("[data-start]")) {
      const from = Number(piece.dataset.start);
      if (from < end && from + [...piece.textContent].length > start) piece.classList.add("marked");
    }
  }

  // Spans of other candidates lead to them.
  for (const piece of text.querySelectorAll(".other-span[data-n]")) {
    piece.addEventListener("click", () => {
      if (getSelection().isCollapsed) go(Number(piece.dataset.n));
    });
  }

  const cards = [...document.querySelectorAll(".cards > li > a")];
  function go(n) { if (cards[n]) location.href = cards[n].href; }

  document.addEventListener("keydown", (event) => {
    // Letters mean nothing to a box that is ticked: the keys go on after a choice.
    const typing = /** @type {Element} */ (event.target).closest("input:not([type=radio], [type=checkbox]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const here = Number(root.dataset.n || 0);
    const key = event.key.toLowerCase();
    if (key === "j") go(here + 1);
    else if (key === "k") go(here - 1);
    else if (key === "r") { event.preventDefault(); document.getElementById("reject-reason")?.focus(); }
    else if (key === "a" || key === "u") document.querySelector(`[data-key=${key}]`)?.click();
  });
}
