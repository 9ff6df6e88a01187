// Keeps an open case up to date: hears that something changed, asks the page again, and puts in
// place what is different. What somebody is typing, reading or looking at stays where it is.

const status = document.querySelector("[data-live-status]");
const words = status?.dataset ?? {};
let source = null, retry = 0, lost = 0, tries = 0, busy = false, again = false, pending = false;

function say(text, trouble = false) {
  status.classList.toggle("trouble", trouble);
  status.textContent = text;
}

function connect() {
  clearTimeout(retry);
  if (source || document.hidden) return;
  source = new EventSource(status.dataset.liveHref);
  source.addEventListener("open", () => {
    lost = clearTimeout(lost);
    tries = 0;
    if (status.classList.contains("trouble")) say(words.back);
  });
  source.addEventListener("changed", refresh);
  source.addEventListener("ended", () => { disconnect(); say(words.ended, true); });
  source.addEventListener("error", () => {
    lost ||= setTimeout(() => say(words.lost, true), 3000);
    if (source?.readyState === EventSource.CLOSED) {
      disconnect();
      againLater();
    }
  });
}

// Each time later, up to a minute, and never all browsers at the same moment.
async function againLater() {
  if (await forbidden()) { lost = clearTimeout(lost); say(words.ended, true); return; }
  clearTimeout(retry);
  retry = setTimeout(connect, Math.min(5000 * 2 ** tries++, 60000) * (0.5 + Math.random()));
}

async function forbidden() {
  try {
    const answer = await fetch(status.dataset.liveHref, { redirect: "manual", headers: { "Traject-By-Itself": "yes" } });
    answer.body?.cancel();
    return answer.type === "opaqueredirect" || [401, 403, 404, 410].includes(answer.status);
  } catch {
    return false;
  }
}

function disconnect() {
  source?.close();
  source = null;
}

function dirty(part) {
  if (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return true;
  return [...part.querySelectorAll("input:not([type=hidden]), select, textarea")].some((one) =>
    one.matches("[type=checkbox], [type=radio]") ? one.checked !== one.defaultChecked
      : one.matches("select") ? [...one.options].some((o, i) => o.selected !== (o.defaultSelected || (i === 0 && !one.querySelector("option[selected]"))))
        : one.value !== one.defaultValue);
}

function same(one, other) {
  const plain = (part) => part.innerHTML.replace(/name="key" value="\w+"/g, "").replace(/ open(="")?(?=[ >])/g, "");
  return plain(one) === plain(other);
}

function swap(old, made) {
  const key = (one) => `${one.closest("[id]").id} ${one.className}`;
  const opened = new Map([...old.querySelectorAll("details")].map((one) => [key(one), one.open]));
  const place = old.contains(document.activeElement) ? document.activeElement : null;
  const found = place && (place.id ? `#${CSS.escape(place.id)}` : place.getAttribute("href") && `a[href="${CSS.escape(place.getAttribute("href"))}"]`);
  for (const one of made.querySelectorAll("details")) one.open = opened.get(key(one)) ?? one.open;
  old.replaceWith(made);
  if (found) made.querySelector(found)?.focus({ preventScroll: true });
}

async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch(location.pathname + location.search.replace(/([?&])done=[^&]*/, "$1"),
      { redirect: "manual", headers: { "Traject-By-Itself": "yes" } });
    if (!answer.ok) return;
    put(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    say(words.lost, true);
  } finally {
    busy = false;
    if (again) { again = false; refresh(); }
  }
}

function put(fresh) {
  const anchor = [...document.querySelectorAll("[data-live], [data-live] li, [data-live] h3")]
    .find((one) => one.id && one.getBoundingClientRect().top >= 0);
  const top = anchor?.getBoundingClientRect().top;
  let changed = false;
  pending = false;
  for (const old of document.querySelectorAll("[data-live]")) {
    const made = fresh.getElementById(old.id);
    if (made && same(old, made)) continue;
    if (dirty(old)) { pending = true; continue; }
    changed = true;
    if (made) swap(old, document.adoptNode(made));
    else old.remove();
  }
  let before = null;
  for (const made of [...fresh.querySelectorAll("[data-live]")]) {
    if (!document.getElementById(made.id) && before) {
      before.after(document.adoptNode(made));
      changed = true;
    }
    before = document.getElementById(made.id) ?? before;
  }
  const seen = fresh.getElementById("live");
  if (seen) status.dataset.liveHref = seen.dataset.liveHref;
  const now = anchor?.id && document.getElementById(anchor.id);
  if (now) scrollBy(0, now.getBoundingClientRect().top - top);
  if (pending) say(words.waiting);
  else if (changed) say(words.changed);
}

if (status && "EventSource" in window) {
  connect();
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  document.addEventListener("focusout", () => setTimeout(() => { if (pending) refresh(); }, 300));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
}
