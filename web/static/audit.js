// A case through time without a reload at every step, and how far an export is.

const time = document.querySelector("form[data-time]");
if (time) {
  const slider = time.elements.namedItem("at");
  const now = document.getElementById("now");
  const options = [...document.getElementById("ticks").options];
  let asked = 0;
  time.classList.add("live");

  const label = () => {
    const [at, title] = split(options[slider.value - 1].label);
    slider.setAttribute("aria-valuetext", `${at}, ${title}`);
    const strong = document.createElement("strong");
    strong.textContent = at;
    now.replaceChildren(strong, ` · ${title}`);
  };

  // "do 12 maart 2026, 09:30, Intake gepland": the title comes after the time of day.
  const split = (text) => {
    const found = /^(.*?\d\d:\d\d:\d\d), (.*)$/su.exec(text);
    return found ? [found[1], found[2]] : [text, ""];
  };

  const show = async (address, keep) => {
    const mine = ++asked;
    const step = document.getElementById("step");
    step.classList.add("busy");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (answer.redirected || !answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== asked) return;
      const fresh = page.getElementById("step");
      if (!fresh) throw new Error("no step");
      step.replaceWith(fresh);
      const focused = document.activeElement?.getAttribute("rel");
      for (const part of [".time .row", ".time .moments", "nav.choices:not(.tabs)"]) {
        document.querySelector(part).replaceWith(page.querySelector(part));
      }
      if (focused) time.querySelector(`[rel="${focused}"]`)?.focus();
      document.title = page.title;
      slider.value = fresh.dataset.at;
      label();
      if (keep) history.pushState(null, "", address);
    } catch {
      // Whatever it is, the page itself can say it.
      location.assign(address);
    }
  };

  const address = (at) => `${time.dataset.time}?at=${at}`;
  slider.addEventListener("input", label);
  slider.addEventListener("change", () => show(address(slider.value), true));
  time.addEventListener("submit", (event) => {
    event.preventDefault();
    show(address(slider.value), true);
  });
  time.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.getAttribute("href"), true);
  });
  addEventListener("popstate", () => show(location.pathname + location.search, false));
}

const take = document.getElementById("take");
if (take) {
  const far = document.getElementById("how-far");
  take.addEventListener("click", () => {
    const bar = document.createElement("progress");
    const said = document.createElement("span");
    far.replaceChildren(bar, said);
    let begun = false;
    let waited = 0;
    const look = async () => {
      let told = { done: null };
      try {
        told = await (await fetch(take.dataset.progress)).json();
      } catch {
        return;
      }
      if (told.done === null) {
        // Small ones are ready before anybody has looked.
        if (begun || ++waited > 4) {
          far.textContent = take.dataset.done;
          return;
        }
      } else {
        begun = true;
        bar.max = told.total;
        bar.value = told.done;
        said.textContent = take.dataset.busy
          .replace("{done}", told.done.toLocaleString(document.documentElement.lang))
          .replace("{total}", told.total.toLocaleString(document.documentElement.lang));
      }
      setTimeout(look, 300);
    };
    setTimeout(look, 100);
  });
}
