// One person of many: while a name is typed, those who answer to it are shown to be chosen.
// Without this script, or without a connection, the server looks the name up when it is sent.

const PAUSE = 200;
const LEAST = 2;

function seek(part) {
  const words = JSON.parse(part.dataset.words);
  const hidden = part.querySelector("input[type=hidden]");
  const box = part.querySelector("input[type=text]");
  const list = made("ul", { id: `${box.id}.list`, className: "found", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${box.id}"]`)?.innerText ?? "");
  const status = made("p", { className: "hidden" });
  status.setAttribute("role", "status");
  const told = made("p", { className: "quiet told", hidden: true });
  told.setAttribute("aria-hidden", "true");
  box.after(list, told, status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) box.setAttribute(name, value);

  let people = [], active = -1, timer = 0, asking = null;

  function say(text, shown = false) {
    status.textContent = text;
    told.textContent = text;
    told.hidden = !shown;
  }

  function open(found) {
    people = found;
    list.replaceChildren(...people.map((one, place) => {
      const row = made("li", { id: `${list.id}.${place}`, textContent: one.text });
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      row.addEventListener("pointerdown", (event) => event.preventDefault());
      row.addEventListener("click", () => choose(place));
      return row;
    }));
    list.hidden = !people.length;
    box.setAttribute("aria-expanded", String(people.length > 0));
    point(-1);
  }

  function point(place) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const row = list.children[active];
    if (!row) return box.removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", row.id);
  }

  function close() {
    stop();
    open([]);
  }

  function stop() {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
  }

  function choose(place) {
    const one = people[place];
    close();
    box.value = one.name;
    hidden.value = one.id;
    say(words.chosen.replace("{name}", one.text));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async function ask() {
    stop();
    const text = box.value.trim();
    if (text.length < LEAST) return open([]);
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = await fetch(`${part.dataset.people}&q=${encodeURIComponent(text)}`, {
        headers: { Accept: "application/json" }, redirect: "manual", signal,
      });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (signal.aborted) return;
      open(found.people);
      const count = found.people.length;
      const sentence = found.more ? words.more : count > 1 ? words.many : count ? words.one : words.none;
      say(sentence.replace("{count}", count), found.more || !count);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      open([]);
      say(words.failed, true);
    }
  }

  box.addEventListener("input", () => {
    hidden.value = "";
    part.querySelector(".who")?.remove();
    say("");
    stop();
    timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const shown = !list.hidden, last = people.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!shown) return void (hidden.value || ask());
      if (event.altKey && event.key === "ArrowUp") return close();
      const down = event.key === "ArrowDown";
      point(down ? (active < last ? active + 1 : 0) : (active > 0 ? active - 1 : last));
    } else if (event.key === "Enter" && shown && active >= 0) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab" && shown && active >= 0) {
      choose(active);
    }
  });
  box.addEventListener("blur", close);
}

function made(name, values) {
  return Object.assign(document.createElement(name), values);
}

for (const part of document.querySelectorAll("[data-people].seek")) seek(part);
