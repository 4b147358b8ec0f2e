// Drag and drop, preview and confirmation of an import. Without it the form posts as it is.
"use strict";

const form = document.getElementById("import-form");
if (form) {
  const input = document.getElementById("file");
  const drop = document.getElementById("drop");
  const progress = document.getElementById("progress");
  const result = document.getElementById("result");
  const mapping = document.getElementById("o-mapping");

  // A field named "dataset" hides the form's own: its texts are read as attributes.
  const told = (name) => form.getAttribute(`data-${name}`);

  const say = (text, kind) => {
    progress.replaceChildren();
    if (!text) return;
    const line = document.createElement("p");
    line.className = kind;
    line.textContent = text;
    progress.append(line);
  };

  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, () => drop.classList.remove("over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    send(true);
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.submitter?.value !== "false");
  });

  function send(dryRun) {
    if (!form.reportValidity()) return;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value === "") body.delete(name);
    body.set("dry_run", String(dryRun));
    const watch = [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, "0")).join("");
    body.set("watch", watch);
    say(told("working"), "lead");
    const bar = document.createElement("progress");
    const line = document.createElement("p");
    line.className = "fine";
    progress.append(bar, line);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.loaded < event.total) {
        bar.max = event.total;
        bar.value = event.loaded;
      } else {
        bar.removeAttribute("value");
      }
    });
    const looking = setInterval(() => look(watch, bar, line), 1000);
    request.addEventListener("loadend", () => clearInterval(looking));
    request.addEventListener("error", () => say(told("failed"), "alert"));
    request.addEventListener("load", () => answered(request));
    request.send(body);
  }

  // How far the service is with the rows, once it has the file.
  async function look(watch, bar, line) {
    const address = new URL(form.action);
    address.pathname += `/${watch}/progress`;
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok || !bar.isConnected) return;
    const { done, total, seconds } = await answer.json();
    const number = (value) => Math.round(value).toLocaleString(document.documentElement.lang);
    const rate = seconds > 0 ? done / seconds : 0;
    if (total) {
      bar.max = total;
      bar.value = done;
    }
    const texts = { done: number(done), total: number(total ?? 0), rate: number(rate),
      rest: number(total && rate ? (total - done) / rate : 0) };
    const text = total ? told("rows") : told("looking");
    line.textContent = text.replace(/\{(\w+)\}/g, (_, name) => texts[name]);
  }

  function answered(request) {
    let found = {};
    try { found = JSON.parse(request.responseText); } catch { /* said below */ }
    const id = found.id ?? found.report?.id;
    if (id) {
      say(request.status < 400 ? "" : found.description, "alert");
      show(id);
      return;
    }
    const errors = (found.errors ?? []).filter((e) => e.reason)
      .map((e) => [e.row ? `#${e.row}` : "", e.field, e.reason].filter(Boolean).join(" "));
    say([told("failed"), found.description ?? "", ...errors.slice(0, 20)].join(" "), "alert");
    const columns = (found.errors ?? []).filter((e) => e.column).map((e) => e.column);
    if (columns.length) offer(columns);
  }

  async function show(id) {
    const page = new URL(told("page"), location.href);
    page.pathname += `/${id}`;
    const answer = await fetch(page, { headers: { Accept: "text/html" } });
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    result.replaceChildren(...parsed.getElementById("result").childNodes);
    ready();
    document.getElementById("result-title")?.focus();
  }

  // A table whose date column was not found: the reader names the columns.
  function offer(columns) {
    const note = document.createElement("p");
    note.textContent = told("choose");
    const box = document.createElement("div");
    box.className = "filters-grid";
    for (const field of ["date", "district", "place", "longitude", "latitude", "killed", "injured"]) {
      const label = document.createElement("label");
      label.textContent = field;
      const select = document.createElement("select");
      select.dataset.field = field;
      select.append(new Option(told("none"), ""));
      for (const column of columns) select.append(new Option(column, column));
      select.addEventListener("change", () => {
        const pairs = [...box.querySelectorAll("select")].filter((s) => s.value)
          .map((s) => [s.dataset.field, s.value]);
        mapping.value = pairs.length ? JSON.stringify(Object.fromEntries(pairs)) : "";
      });
      label.append(select);
      box.append(label);
    }
    result.replaceChildren(note, box);
  }

  function ready() {
    const confirm = document.getElementById("confirm");
    const again = document.getElementById("again");
    const selects = [...document.querySelectorAll("#mapping select")];
    if (confirm && input.files.length) {
      confirm.hidden = false;
      confirm.addEventListener("click", () => send(false));
    }
    for (const select of selects) {
      select.addEventListener("change", () => {
        const chosen = {};
        for (const s of selects) {
          if (s.dataset.was && s.value !== s.dataset.was) chosen[s.dataset.was] ??= "";
        }
        for (const s of selects) if (s.value) chosen[s.value] = s.dataset.column;
        mapping.value = JSON.stringify(chosen);
        if (again && input.files.length) again.hidden = false;
        if (confirm) confirm.hidden = true;
      });
    }
    const encoding = document.getElementById("o-encoding");
    for (const reading of document.querySelectorAll("#encodings input")) {
      reading.addEventListener("change", () => {
        encoding.value = reading.value;
        if (again && input.files.length) again.hidden = false;
        if (confirm) confirm.hidden = true;
      });
    }
    const decided = document.getElementById("o-decisions");
    const names = [...document.querySelectorAll("#matches select")];
    const meant = (name) => name.parentElement.querySelector("input").value.trim() || name.value;
    for (const name of names) {
      name.parentElement.addEventListener("change", () => {
        decided.value = JSON.stringify(
          names.filter(meant).map((n) => [n.dataset.text, n.dataset.district, meant(n)]),
        );
        if (again && input.files.length) again.hidden = false;
        if (confirm) confirm.hidden = true;
      });
    }
    again?.addEventListener("click", () => send(true));
    for (const merge of document.querySelectorAll("form[data-merge]")) {
      merge.addEventListener("submit", async (event) => {
        event.preventDefault();
        const answer = await fetch(merge.action, { method: "POST", headers: { Accept: "application/json" } });
        if (answer.ok) merge.replaceWith(merge.dataset.merge);
        else say((await answer.json()).description, "alert");
      });
    }
  }
  ready();
}
