// What the pages do beyond plain HTML. Every page works without it: the size of a file is checked by the
// server too, an upload is an ordinary form, and a live status has a link that loads the page again.
"use strict";

const units = [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]];

function fileSize(bytes) {
  for (const [unit, step] of units) {
    if (bytes >= step) return `${(Math.ceil((bytes * 10) / step) / 10).toFixed(1).replace(/\.0$/, "")}\u00a0${unit}`;
  }
  return `${bytes}\u00a0B`;
}

/* A chosen file shows its size at once, and one that the lab would refuse is never sent. */
function watchFile(input) {
  const note = document.getElementById(`${input.id}-size`);
  input.addEventListener("change", () => {
    const bytes = input.files.length ? input.files[0].size : 0;
    const tooLarge = bytes > Number(input.dataset.limit);
    const words = tooLarge ? input.dataset.tooLarge.replace("{size}", fileSize(bytes)) : "";
    input.setCustomValidity(words);
    note.classList.toggle("too-large", tooLarge);
    note.textContent = words || (bytes ? fileSize(bytes) : "");
  });
}

/* An upload shows how far it is and how long it takes, and can be stopped; the file stays on the device. */
function watchUpload(form) {
  const box = form.querySelector(".upload-progress");
  const bar = box.querySelector("progress");
  const words = box.querySelector("[data-remaining]");
  const send = form.querySelector("[type=submit], button:not([type])");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    const begun = performance.now();
    const finish = () => { box.hidden = true; send.disabled = false; };
    request.upload.addEventListener("progress", (sent) => {
      bar.max = sent.total;
      bar.value = sent.loaded;
      const left = ((performance.now() - begun) / 1000) * (sent.total / sent.loaded - 1);
      words.textContent = sent.loaded < sent.total
        ? words.dataset.remaining.replace("{size}", fileSize(sent.total - sent.loaded)).replace("{seconds}", Math.ceil(left))
        : words.dataset.sent;
    });
    request.addEventListener("load", () => {
      finish();
      if (request.status < 400) { location.assign(request.responseURL); return; }
      showPart(request.responseText, "#main");
    });
    request.addEventListener("error", () => { finish(); words.textContent = ""; alertLine(form, words.dataset.failed); });
    request.addEventListener("abort", finish);
    box.querySelector("button").onclick = () => request.abort();
    send.disabled = true;
    box.hidden = false;
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}

function alertLine(form, text) {
  const line = form.querySelector("[role=alert]") || form.insertBefore(document.createElement("p"), form.firstChild);
  line.className = "notice notice-loss";
  line.setAttribute("role", "alert");
  line.textContent = text;
}

/* Replace one part of this page by the same part of another answer; the focus stays where it is. */
function showPart(html, selector) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(selector);
  const here = document.querySelector(selector);
  if (!fresh || !here) { location.reload(); return; }
  here.replaceChildren(...fresh.childNodes);
  begin(here);
}

/* A live status: the server sends the words as HTML. Where the stream is cut for good, ask now and then. */
function watchStatus(region) {
  let failures = 0;
  let shown = "";
  const stream = new EventSource(region.dataset.live);
  const show = (html) => { if (html !== shown) { shown = html; region.innerHTML = html; } };
  const finish = async () => {
    stream.close();
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) showPart(await answer.text(), region.dataset.part);
  };
  stream.addEventListener("status", (event) => { failures = 0; show(event.data); });
  stream.addEventListener("done", finish);
  stream.addEventListener("error", () => {
    failures += 1;
    if (stream.readyState === EventSource.CLOSED || failures > 3) { stream.close(); poll(region, 5, Date.now() + LONGEST_POLL); }
  });
}

const LONGEST_POLL = 900_000;

function poll(region, seconds, until) {
  setTimeout(async () => {
    if (!region.isConnected) return;
    if (Date.now() > until) { region.append(Object.assign(document.createElement("p"), { textContent: region.dataset.late })); return; }
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const still = fresh.querySelector("[data-live]");
      if (answer.ok && !still) { showPart(fresh.documentElement.outerHTML, region.dataset.part); return; }
      if (answer.ok) region.innerHTML = still.innerHTML;
    } catch { /* offline: the words on the page stay true, and the next try may reach the server */ }
    poll(region, Math.min(seconds * 1.5, 60), until);
  }, seconds * 1000);
}

function begin(root) {
  root.querySelectorAll("input[type=file][data-limit]").forEach(watchFile);
  root.querySelectorAll("form[data-upload]").forEach(watchUpload);
  root.querySelectorAll("[data-live]").forEach(watchStatus);
}

begin(document);

/* Whoever signs out here leaves nothing on the screen of another window. A service worker says so too, where there is
   one: over plain http there is none. `account` is nobody's after a sign-out, and null where a window has to look for
   itself: the lab page listens as well (labs/lab-page/offline.ts), and sends what waits before a sign-out. */
const windows = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("darsgah-owner");
const SESSION = "darsgah-session";
const tellWindows = (account) => windows?.postMessage({ kind: "owner", account });

function watchSession() {
  const unwatched = !navigator.serviceWorker?.controller;
  const signedIn = document.querySelector("form[action='/sign-out']") !== null;
  const asked = sessionStorage.getItem(SESSION);
  sessionStorage.removeItem(SESSION);
  if (asked === "/sign-out" && !signedIn) tellWindows("none");
  if (asked === "/sign-in" && signedIn && unwatched) tellWindows(null);
  document.addEventListener("submit", ({ target }) => {
    const action = target.getAttribute("action");
    if (action === "/sign-in" || action === "/sign-out") sessionStorage.setItem(SESSION, action);
    if (action === "/sign-out" && unwatched) tellWindows(null);
  });
  if (!signedIn || document.getElementById("lab-data")) return;
  windows?.addEventListener("message", ({ data }) => {
    if (data.account !== "none") return;
    document.body.replaceChildren();
    location.reload();
  });
}

try { watchSession(); } catch { /* a browser that stores nothing does not know what it was asked a page ago */ }

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.menu[open]");
  if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
