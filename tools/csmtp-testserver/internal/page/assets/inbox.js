// SPDX-License-Identifier: MIT
// This script inserts texts of mails only as text nodes and attribute values, so that the
// browser never parses them as HTML.
"use strict";

const preview = document.documentElement.dataset.mode === "preview";
const at = (id) => document.getElementById(id);
const rows = document.querySelector("#list tbody");
const narrow = matchMedia("(max-width: 700px)");
let mails = []; // the newest first
let chosen = 0; // the number of the mail that is shown; 0 if none is
let shown = null; // the details of that mail
let view = ""; // the id of the selected tab

// make returns an element. Its children are elements or texts.
function make(name, attributes, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "onclick") e.addEventListener("click", value);
    else if (value !== null && value !== undefined && value !== false) e.setAttribute(key, value);
  }
  e.append(...children);
  return e;
}

async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

function size(n) {
  if (n < 1024) return plural(n, "octet");
  return n < 1 << 20 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / (1 << 20)).toFixed(1)} MiB`;
}

let broken = false; // whether the status shows an error
function say(text, error) {
  broken = Boolean(error);
  at("status").textContent = text;
  at("status").classList.toggle("broken", broken);
}

// Only one request for the list runs at a time. If the list changes during the request,
// another request follows.
let reading = false, again = false;
async function refresh() {
  again = true;
  if (reading) return;
  reading = true;
  while (again) {
    again = false;
    try {
      await update();
    } catch (error) {
      say(`The list cannot be read: ${error.message}`, true);
    }
  }
  reading = false;
}

async function update() {
  const list = (await get("mails")).mails.reverse();
  const before = new Set(mails.map((m) => m.number));
  const first = mails.length === 0;
  const fresh = list.filter((m) => !before.has(m.number));
  const same = fresh.length === 0 && list.length === mails.length;
  mails = list;
  if (!same || broken) announce(first ? [] : fresh);
  if (!same) drawList(first ? [] : fresh);
  at("none").hidden = mails.length > 0;
  if (chosen && !mails.some((m) => m.number === chosen)) close();
  else if (chosen && shown) await complete();
  if (!chosen && mails.length && (preview || !narrow.matches)) await open(wanted() || mails[0].number, false);
}

function announce(fresh) {
  if (preview) {
    document.title = at("title").textContent = "Preview";
    say("This message was not sent.");
    return;
  }
  document.title = mails.length ? `(${mails.length}) Test inbox` : "Test inbox";
  say(`${plural(mails.length, "mail")}.${fresh.length ? ` New: ${fresh[0].subject || "(no subject)"}` : ""}`);
}

// complete adds the lines of the session that the server has recorded since the mail was
// shown.
async function complete() {
  const number = chosen, details = await get(`mails/${number}`);
  if (chosen !== number || !shown || details.dialogue.length === shown.dialogue.length) return;
  shown = details;
  if (view === "dialogue" || !at("tab-dialogue")) drawTabs(view);
}

// wanted returns the number of the mail in the page's address, such as 3 for #3/text.
function wanted() {
  const number = Number(location.hash.slice(1).split("/")[0]);
  return mails.some((m) => m.number === number) ? number : 0;
}

// criticism returns the cell of the list that shows the most serious findings and the
// result of DKIM.
function criticism(m) {
  if (!m.kept) return [make("span", { class: "note" }, "content not kept")];
  const isDKIM = (f) => f.id.startsWith("dkim-"), others = m.marks.filter((f) => !isDKIM(f)), most = 4;
  const cell = [];
  for (const f of [...others.slice(0, most), ...m.marks.filter(isDKIM)]) {
    cell.push(make("span", { class: f.level }, make("span", { class: "hidden" }, `${f.level}: `), f.short), ", ");
  }
  cell.pop();
  if (others.length > most) cell.push(` and ${others.length - most} more`);
  return cell;
}

function drawList(fresh) {
  const focused = document.activeElement && document.activeElement.dataset.number;
  const news = new Set(fresh.map((m) => m.number));
  rows.replaceChildren(...mails.map((m) => {
    const time = new Date(m.received);
    const row = make("tr", { "data-number": m.number, tabindex: -1, class: news.has(m.number) ? "fresh" : null },
      make("td", {}, make("time", { datetime: m.received, title: time.toLocaleString() }, time.toLocaleTimeString())),
      make("td", { title: m.from }, m.from || "(none)"),
      make("td", { title: m.to }, m.to || "(none)"),
      make("td", { title: m.subject }, m.subject || "(no subject)", m.files ? make("span", { class: "note" }, ` (${plural(m.files, "file")})`) : ""),
      make("td", { title: m.marks.map((f) => f.short).join(", ") }, ...criticism(m)));
    row.addEventListener("click", () => open(m.number, true));
    return row;
  }));
  at("list").hidden = mails.length === 0;
  at("clear").disabled = mails.length === 0;
  mark();
  const row = focused && rows.querySelector(`[data-number="${Number(focused)}"]`);
  if (row) row.focus({ preventScroll: true });
}

// mark shows which row is selected, and returns this row. The Tab key reaches only this row or,
// if no row is selected, only the first row.
function mark() {
  const all = [...rows.children];
  const current = all.find((row) => Number(row.dataset.number) === chosen);
  for (const row of all) {
    row.setAttribute("aria-selected", String(row === current));
    row.tabIndex = row === (current || all[0]) ? 0 : -1;
  }
  return current;
}

function close() {
  chosen = 0;
  shown = null;
  at("mail").hidden = true;
  document.querySelector("main").className = "alone";
  mark();
}

async function open(number, byUser) {
  chosen = number;
  const row = mark();
  if (row && !preview) {
    row.classList.remove("fresh");
    row.scrollIntoView({ block: "nearest" });
  }
  let details;
  try {
    details = await get(`mails/${number}`);
  } catch (error) {
    if (chosen === number) say(`The mail cannot be read: ${error.message}`, true);
    return;
  }
  if (chosen !== number) return; // another mail was chosen in the meantime
  shown = details;
  at("mail").hidden = false;
  document.querySelector("main").className = byUser || preview || wanted() === number ? "open" : "";
  at("subject").textContent = details.subject || "(no subject)";
  at("envelope").textContent = envelope(details);
  const asked = byUser && view ? view : location.hash.split("/")[1] || view;
  const names = views().map((v) => v.id);
  drawTabs(names.includes(asked) ? asked : names[0]);
  if (byUser && narrow.matches) at("subject").focus();
}

function envelope(d) {
  const e = d.envelope;
  if (!e) return `From ${d.from || "(none)"} to ${d.to || "(none)"}, ${size(d.size)}`;
  return [`MAIL FROM:<${e.from}> ${e.params.join(" ")}`.trim(), `RCPT TO: ${e.recipients.map((r) => `<${r}>`).join(", ")}`,
    e.login ? `login ${e.login}` : "no login", e.tls || "no TLS", size(d.size)].join("; ");
}

// views returns the tabs for the mail.
function views() {
  const d = shown;
  if (!d.kept) return [{ id: "lost", title: "Content", draw: () => [make("p", {}, "The content of this mail is not kept.")] }, ...dialogue(d)];
  const all = d.html.map((h, i) => ({ id: i ? `html${i + 1}` : "html", title: i ? `HTML ${i + 1}` : "HTML", draw: () => drawHTML(h) }));
  if (d.text !== null) all.push({ id: "text", title: "Text", draw: () => [make("pre", {}, d.text)] });
  all.push({ id: "criticism", title: `Criticism (${d.findings.length})`, draw: drawFindings });
  all.push({ id: "headers", title: "Headers", draw: drawHeaders });
  all.push({ id: "parts", title: `Parts (${d.parts.length})`, draw: drawParts });
  all.push({ id: "source", title: "Source", draw: drawSource });
  return [...all, ...dialogue(d)];
}

const dialogue = (d) => (d.dialogue.length ? [{ id: "dialogue", title: "Dialogue", draw: drawDialogue }] : []);

function drawTabs(id) {
  view = id;
  const all = views();
  at("tabs").replaceChildren(...all.map((v) => make("button", { id: `tab-${v.id}`, type: "button", role: "tab", "aria-selected": String(v.id === id),
    "aria-controls": "panel", tabindex: v.id === id ? 0 : -1, onclick: () => show(v.id) }, v.title)));
  at("panel").setAttribute("aria-labelledby", `tab-${id}`);
  at("panel").replaceChildren(...all.find((v) => v.id === id).draw());
  at("panel").scrollTop = 0;
  history.replaceState(null, "", `#${chosen}/${id}`);
}

function show(id) {
  drawTabs(id);
  at(`tab-${id}`).focus();
}

function drawHTML(h) {
  const all = [];
  if (h.cut) all.push(make("p", { class: "hint warning" }, "The HTML is too long. Only the beginning is shown."));
  if (h.remote.length) {
    all.push(make("details", { class: "hint" }, make("summary", {}, `Remote content was not loaded (${h.remote.length})`),
      make("ul", {}, ...h.remote.map((address) => make("li", {}, address)))));
  }
  if (h.links.length) {
    all.push(make("details", { class: "hint" }, make("summary", {}, `Links (${h.links.length}). In the message they are switched off`),
      make("ul", {}, ...h.links.map((l) => make("li", {}, `${l.text || "(no text)"}: `, link(l.target))))));
  }
  all.push(make("iframe", { sandbox: "", title: "HTML of the message", referrerpolicy: "no-referrer", src: `mails/${chosen}/html/${h.part}` }));
  return all;
}

// link returns a link that opens a new window. If the scheme is not http or https, it
// returns a text.
function link(target) {
  if (!/^https?:\/\//i.test(target)) return target;
  return make("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, target);
}

function drawFindings() {
  const all = shown.findings;
  if (all.length === 0) return [make("p", {}, "No problems were found.")];
  return [make("ul", { class: "findings" }, ...all.map((f) => make("li", {},
    make("span", { class: `level ${f.level}` }, { error: "Error: ", warning: "Warning: ", note: "Note: " }[f.level]), f.text,
    make("div", { class: "where" }, [f.where, f.count > 1 ? `${f.count} times` : "", f.reference].filter(Boolean).join("; ")))))];
}

function drawHeaders() {
  return [make("div", { class: "scroll" }, make("table", {}, make("caption", { class: "hidden" }, "Decoded header fields"),
    ...shown.header.map((f) => make("tr", {}, make("th", { scope: "row", title: f.name }, f.name || "(malformed)"), make("td", {}, f.value))))),
  make("h3", {}, "As received"), make("pre", {}, shown.rawHeader)];
}

function drawParts() {
  const heads = ["Part", "Type", "Name", "Size", "Encoding", ""];
  return [make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((h) => make("th", { scope: "col" }, h)))),
    make("tbody", {}, ...shown.parts.map((p) => make("tr", {},
      make("td", {}, `${"\u00a0\u00a0".repeat(p.depth)}${p.part === "0" ? "message" : p.part}`),
      make("td", {}, p.type + (p.charset ? `; ${p.charset}` : "")),
      make("td", {}, [p.name, p.contentID ? `<${p.contentID}>` : "", p.disposition].filter(Boolean).join(" ")),
      make("td", {}, p.multi ? "" : size(p.size)),
      make("td", {}, p.multi ? "" : p.encoding),
      make("td", {}, p.multi ? "" : make("a", { href: `mails/${chosen}/file/${p.part}`, download: "", "aria-label": `Save part ${p.part}` }, "Save")))))))];
}

function drawSource() {
  return [make("p", { class: "hint" }, make("a", { href: `mails/${chosen}/source`, download: "" }, "Save as .eml"),
    shown.sourceCut ? ". Only the beginning is shown." : ""), make("pre", {}, shown.source)];
}

function drawDialogue() {
  const kinds = { C: "client", "*": "event" };
  return [make("pre", {}, ...shown.dialogue.map((line) => make("span", { class: kinds[line[0]] }, `${line}\n`)))];
}

// move selects the mail that is the given number of rows further down. If the number is
// negative, the mail is further up.
function move(by) {
  const i = mails.findIndex((m) => m.number === chosen);
  const next = mails[i < 0 ? 0 : Math.min(Math.max(i + by, 0), mails.length - 1)];
  if (!next) return;
  const inList = rows.contains(document.activeElement) || document.activeElement === document.body;
  open(next.number, document.querySelector("main").classList.contains("open"));
  const row = mark();
  if (row && inList) row.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const inList = rows.contains(event.target), inTabs = at("tabs").contains(event.target);
  const steps = { j: 1, k: -1, ...(inList ? { ArrowDown: 1, ArrowUp: -1, Home: -mails.length, End: mails.length } : {}) };
  if (event.key in steps) {
    if (preview) return;
    move(steps[event.key]);
  } else if (inList && (event.key === "Enter" || event.key === " ")) {
    open(Number(event.target.dataset.number), true).then(() => at("subject").focus());
  } else if (event.key === "Escape" && !preview && chosen && narrow.matches) {
    back();
  } else if (inTabs && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
    const ids = views().map((v) => v.id), i = ids.indexOf(view), n = ids.length;
    show(ids[{ ArrowLeft: (i + n - 1) % n, ArrowRight: (i + 1) % n, Home: 0, End: n - 1 }[event.key]]);
  } else {
    return;
  }
  event.preventDefault();
});

function back() {
  const number = chosen;
  close();
  history.replaceState(null, "", "#");
  const row = rows.querySelector(`[data-number="${number}"]`);
  if (row) row.focus();
}

at("back").addEventListener("click", back);
at("clear").addEventListener("click", async () => {
  if (!confirm(`Delete ${plural(mails.length, "mail")}?`)) return;
  const response = await fetch("clear", { method: "POST" });
  if (!response.ok) say(`The mails were not deleted: ${await response.text()}`, true);
});
window.addEventListener("hashchange", () => {
  const number = wanted();
  if (number) open(number, false);
});

// The server sends an event at each change. If the connection is lost, the browser connects
// again by itself.
let events = null;
function connect() {
  if (events && events.readyState !== EventSource.CLOSED) return;
  events = new EventSource("events");
  events.onmessage = refresh;
  events.onerror = () => say("The server has ended or cannot be reached. The list is not updated.", true);
}
// A browser opens only a few connections to a server. A hidden window closes its connection,
// so that other windows can open one.
document.addEventListener("visibilitychange", () => {
  if (preview) return;
  if (document.hidden) events.close();
  else connect();
});
at("list").hidden = at("clear").disabled = true;
say(" ", true); // the first response replaces this text
close();
connect();
