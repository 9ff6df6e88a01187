// Keeps what is typed on the server while it is typed. Nothing is stored on the device itself:
// without a connection the text stays in this window and is sent as soon as that works.

const PAUSE = 1000;
const AT_MOST = 10000;
const AGAIN = 5000;
const REACH_MS = 5000;
const OUTLIVES = 60000;
const OWN = new Set(["key", "draft", "draft_do", "draft_known", "draft_page"]);

function typedIn(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (OWN.has(name) || typeof value !== "string") continue;
    if (name in fields) fields[name] = [].concat(fields[name], value);
    else fields[name] = value;
  }
  return fields;
}

export function keep(form) {
  const words = JSON.parse(form.dataset.words);
  const status = form.querySelector("[data-draft-status]");
  const button = form.querySelector("[data-draft-save]");
  let known = form.dataset.known ? Number(form.dataset.known) : null;
  let before = JSON.stringify(typedIn(form));
  let timer = 0, since = 0, sending = null, stopped = false, leaving = false;
  let without = "", asking = false;
  let underway = null, again = false, large = null;

  const dirty = () => JSON.stringify(typedIn(form)) !== before;

  function say(text, trouble = false, ...choices) {
    if (!status) return;
    status.classList.toggle("trouble", trouble);
    if (status.firstChild?.textContent !== text || choices.length) status.replaceChildren(text);
    if (choices.length) status.append(document.createElement("br"), ...choices);
  }

  function choice(text, act) {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "do plain";
    one.textContent = text;
    one.addEventListener("click", act);
    return one;
  }

  function plan(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  function touched() {
    if (stopped || leaving) return;
    since ||= Date.now();
    plan(Math.min(PAUSE, Math.max(0, since + AT_MOST - Date.now())));
  }

  // One at a time: what the next one goes on from stands in the answer to this one.
  async function save(now = false) {
    clearTimeout(timer);
    if (stopped || leaving || !dirty()) return;
    const typed = JSON.stringify(typedIn(form));
    if (typed === large) return;
    if (sending) {
      again ||= now && typed !== underway;
      return;
    }
    // Whether a text without an answer was kept is known by sending that same text once more.
    const text = underway ?? typed;
    again = text !== typed;
    underway = text;
    since = 0;
    sending = new AbortController();
    if (!now && !without) say(words.saving);
    const body = `{"known":${known},"fields":${text}}`;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body,
        keepalive: new Blob([body]).size < OUTLIVES,
        redirect: "manual",
        signal: sending.signal,
      });
      await answered(answer, text);
    } catch (fault) {
      if (fault.name !== "AbortError") later(without ||= words.offline);
    } finally {
      sending = null;
    }
    if (underway !== null || stopped || !dirty()) return;
    if (again) save(true);
    else touched();
  }

  async function answered(answer, text) {
    without = "";
    if (answer.status === 401 || answer.type === "opaqueredirect") return later(words.ended);
    if (answer.status >= 500 || answer.status === 429) return later(words.offline);
    if (answer.status === 200) {
      const told = await answer.json();
      before = text;
      remember(told.saved);
      say(words.saved.replace("{at}", told.at));
      form.dispatchEvent(new CustomEvent("kept", { bubbles: true }));
    } else if (answer.status === 409) {
      const { saved } = await answer.json();
      stopped = true;
      const mine = choice(words.keep_mine, () => { remember(saved); stopped = false; save(); });
      const other = choice(words.take_other, () => { leaving = true; location.reload(); });
      say(saved ? words.newer : words.gone, true, mine, ...(saved ? [other] : []));
    } else if (answer.status === 413) {
      large = text;
      say(words.large, true);
    } else {
      stopped = true;
      say(words.away, true);
    }
    underway = null;
  }

  function remember(saved) {
    known = saved;
    form.elements.draft_known.value = saved ?? "";
  }

  function later(text) {
    say(text, true);
    plan(AGAIN);
  }

  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  function leave() {
    leaving = true;
    clearTimeout(timer);
    sending?.abort();
  }

  // Text that is not kept yet would be lost on the browser's own page about a lost connection.
  async function ask() {
    asking = true;
    if (await reachable()) {
      leave();
      form.submit();
    } else {
      later(without = words.unsent);
      form.dispatchEvent(new CustomEvent("unsent"));
    }
    asking = false;
  }

  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.submitter?.formTarget === "_blank") return;
    const given = !event.submitter?.name && !event.submitter?.hasAttribute("formaction");
    if (asking) event.preventDefault();
    else if (given && (without || dirty() || !navigator.onLine)) {
      event.preventDefault();
      ask();
    } else leave();
  });
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    if (dirty()) save();
    else if (known) say(status.textContent || words.saved.replace("{at}", clock()));
    else { before = ""; save(); }
  });
  addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && dirty()) event.preventDefault();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
  });
}

async function reachable() {
  const small = document.querySelector("link[rel=icon]").href;
  try {
    await fetch(small, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(REACH_MS) });
    return true;
  } catch {
    return false;
  }
}

function clock() {
  return new Date().toTimeString().slice(0, 5);
}

for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
