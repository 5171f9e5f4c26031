// The console's one script: hears of changes, puts them on the page without moving what is read, and answers keys.
"use strict";

const csrf = document.querySelector('meta[name="csrf"]').content;
const wire = document.getElementById("wire");
const story = document.querySelector("[data-story]");
const fresh = document.getElementById("new");
const waiting = new Map();

// --- times, in the reader's own zone

const sameDay = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const otherDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const otherYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function tellTimes(root) {
  const now = new Date();
  for (const each of root.querySelectorAll("time[datetime]")) {
    const at = new Date(each.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const near = at.getFullYear() === now.getFullYear();
    const form = at.toDateString() === now.toDateString() ? sameDay : near ? otherDay : otherYear;
    each.textContent = form.format(at);
    each.title = whole.format(at);
  }
}

// --- what the server rendered (and escaped), as elements; nothing in it can run

function elementOf(html) {
  const made = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  if (made) tellTimes(made);
  return made && document.adoptNode(made);
}

// --- the wire

function isReading() {
  return window.scrollY > 60 || document.querySelector(".line.chosen") !== null || wire.matches(":hover, :focus-within")
    || !(getSelection()?.isCollapsed ?? true);
}

function place(line) {
  const known = document.getElementById(line.id);
  line.classList.add("fresh");
  if (known) {
    // Where it stands: a line never moves under the eye.
    if (known.classList.contains("chosen")) line.classList.add("chosen");
    const focused = known.contains(document.activeElement);
    known.replaceWith(line);
    if (focused) line.querySelector("a").focus({ preventScroll: true });
    return;
  }
  if (isReading()) {
    waiting.set(line.id, line);
    tellWaiting();
    return;
  }
  wire.prepend(line);
  trim();
}

function tellWaiting() {
  fresh.hidden = waiting.size === 0;
  fresh.textContent = `${waiting.size} new`;
}

function showWaiting() {
  for (const line of waiting.values()) {
    document.getElementById(line.id)?.remove();
    wire.prepend(line);
  }
  waiting.clear();
  tellWaiting();
  trim();
  choose(null);
  window.scrollTo({ top: 0 });
}

function trim() {
  document.getElementById("nothing").hidden = wire.childElementCount > 0;
  while (wire.childElementCount > 200) wire.lastElementChild.remove();
}

// --- other pages: only the parts that differ are replaced

let refreshing = false;
let again = false;

async function refresh() {
  if (refreshing) { again = true; return; }
  refreshing = true;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    tellTimes(next);
    for (const part of next.querySelectorAll("[data-part]")) {
      const known = document.querySelector(`[data-part="${part.dataset.part}"]`);
      if (known === null) { if (story) { location.reload(); return; } continue; }
      if (known.innerHTML === part.innerHTML || holdsSelection(known)) continue;
      const open = [...known.querySelectorAll("details")].map((each) => each.open);
      const scrolled = known.querySelector(".reports")?.scrollTop;
      // What is in use stays; a part that is itself in focus, to be scrolled, keeps that.
      if (known !== document.activeElement && known.contains(document.activeElement)) continue;
      known.replaceChildren(...part.childNodes);
      [...known.querySelectorAll("details")].forEach((each, at) => { each.open = open[at] ?? false; });
      const list = known.querySelector(".reports");
      if (list && scrolled) list.scrollTop = scrolled;
    }
  } catch {
    // The stream says when it is back.
  } finally {
    refreshing = false;
    if (again) { again = false; setTimeout(refresh, 300); }
  }
}

function holdsSelection(part) {
  const chosen = getSelection();
  return chosen !== null && !chosen.isCollapsed && part.contains(chosen.anchorNode);
}

// --- the stream

const link = document.getElementById("link");

function tellLink(state, words) {
  link.className = `link ${state}`;
  link.querySelector(".said").textContent = words;
}

function listen() {
  const before = new URLSearchParams(location.search).has("before");
  if (wire === null && story === null) return tellLink("", "");
  if (before) return tellLink("", "older");
  const query = new URLSearchParams(wire ? wire.dataset.query : { cluster: story.dataset.story });
  query.set("html", "1");
  const stream = new EventSource(`/api/stream?${query}`);
  stream.onopen = () => tellLink("live", "live");
  stream.onerror = () => tellLink("lost", "not connected");
  stream.addEventListener("reset", () => (wire ? location.reload() : refresh()));
  for (const kind of ["cluster", "alert", "delivery"]) {
    stream.addEventListener(kind, (event) => {
      const told = JSON.parse(event.data);
      if (story) { refresh(); return; }
      const id = `c-${told.subject}`;
      if (!told.wanted || !told.html) {
        waiting.delete(id);
        tellWaiting();
        return;
      }
      const line = elementOf(told.html);
      if (line === null) return;
      place(line);
      if (kind === "alert") announce(line);
    });
  }
}

function announce(line) {
  const badge = line.querySelector(".badge.flash, .badge.urgent, .badge.bulletin");
  document.getElementById("announce").textContent = `${badge ? badge.textContent : "Alert"}: ${line.querySelector(".headline").textContent}`;
}

// --- keys

let chosen = null;

function choose(line) {
  chosen?.classList.remove("chosen");
  chosen = line;
  if (line === null) return;
  line.classList.add("chosen");
  line.querySelector("a").focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

function step(by) {
  if (wire === null) return;
  const lines = [...wire.children];
  const current = wire.querySelector(".chosen");
  const at = current === null ? (by > 0 ? -1 : 0) : lines.indexOf(current);
  const next = lines[Math.min(Math.max(at + by, 0), lines.length - 1)];
  if (next) { chosen = current; choose(next); }
}

async function act(name, minutes) {
  const form = document.querySelector(`form.act input[name="act"][value="${name}"]`)?.form;
  if (form) { form.requestSubmit(); return; }
  const current = wire?.querySelector(".chosen");
  if (!current) return;
  const body = new URLSearchParams({ csrf, act: name, minutes });
  const answer = await fetch(`/story/${current.dataset.id}/act`, {
    method: "POST", body, credentials: "same-origin", headers: { "X-Requested-With": "fetch" },
  });
  if (answer.redirected) location.href = answer.url;
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  n: () => fresh && showWaiting(),
  g: () => { location.href = "/"; },
  a: () => act("acknowledge", ""),
  c: () => act("claim", ""),
  s: () => act("snooze", "60"),
  m: () => act("mute", "1440"),
  "/": () => document.getElementById("search")?.focus(),
  "?": () => document.getElementById("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") { document.activeElement?.blur(); choose(null); return; }
  if (event.target.closest?.("input, select, textarea, dialog[open]")) return;
  const work = KEYS[event.key];
  if (work) { event.preventDefault(); work(); }
});

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard?.writeText(document.getElementById(copy.dataset.copy).textContent);
    copy.textContent = "Copied";
  }
});

// --- a chart as a picture: the browser draws the SVG that the server made, so that no font or library is needed there

async function saveAsPng(link) {
  const answer = await fetch(link.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const picture = new Image();
  const drawn = new Promise((done, failed) => { picture.onload = done; picture.onerror = failed; });
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await answer.text())}`;
  await drawn;
  const canvas = document.createElement("canvas");
  canvas.width = 1440;
  canvas.height = Math.round(1440 * (picture.naturalHeight || 334) / (picture.naturalWidth || 720));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const made = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const save = document.createElement("a");
  save.href = URL.createObjectURL(made);
  save.download = link.dataset.png;
  save.click();
  URL.revokeObjectURL(save.href);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-png]");
  if (!link) return;
  event.preventDefault();
  saveAsPng(link);
});

document.getElementById("help-open").addEventListener("click", KEYS["?"]);
fresh?.addEventListener("click", showWaiting);
for (const each of document.querySelectorAll(".filters select")) each.addEventListener("change", () => each.form.requestSubmit());
for (const seconds of new Set([...document.querySelectorAll("[data-every]")].map((each) => Number(each.dataset.every)))) {
  setInterval(() => { if (!document.hidden) refresh(); }, seconds * 1000);
}
tellTimes(document);
listen();
