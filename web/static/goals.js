// The list of goals: a goal is dragged to its place, and one that may be two says so while typed.

const list = document.querySelector("[data-goals]");
const told = document.querySelector("[data-moved]");

async function put(goal, to) {
  const form = list.querySelector("form.move");
  if (!form) return;
  await fetch(form.action, { method: "POST", body: new URLSearchParams({ goal, to }), redirect: "manual" });
  if (told) told.textContent = told.dataset.text.replace("{goal}", goal);
}

function mark() {
  const all = [...list.children];
  all.forEach((one, place) => {
    const up = one.querySelector('[value="up"]');
    const down = one.querySelector('[value="down"]');
    if (up) up.disabled = place === 0;
    if (down) down.disabled = place === all.length - 1;
  });
}

if (list && list.children.length > 1) {
  let held = null;
  for (const one of list.children) {
    one.draggable = matchMedia("(pointer: fine)").matches;
    one.addEventListener("dragstart", (event) => {
      held = one;
      one.classList.add("held");
      event.dataTransfer.effectAllowed = "move";
    });
    one.addEventListener("dragend", () => {
      one.classList.remove("held");
      list.querySelectorAll(".over-here").forEach((it) => it.classList.remove("over-here"));
      held = null;
    });
    one.addEventListener("dragover", (event) => {
      if (!held || held === one) return;
      event.preventDefault();
      one.classList.add("over-here");
    });
    one.addEventListener("dragleave", () => one.classList.remove("over-here"));
    one.addEventListener("drop", (event) => {
      if (!held || held === one) return;
      event.preventDefault();
      const name = held.dataset.goal;
      list.insertBefore(held, one);
      put(name, one.dataset.goal);
      mark();
    });
  }
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    const one = event.target.closest(".goal");
    const to = event.submitter.value;
    if (to === "up" && one.previousElementSibling) list.insertBefore(one, one.previousElementSibling);
    if (to === "down" && one.nextElementSibling) list.insertBefore(one.nextElementSibling, one);
    put(one.dataset.goal, to);
    mark();
    (event.submitter.disabled ? one.querySelector(".move button:not(:disabled)") : event.submitter)?.focus();
  });
}

const hint = document.querySelector("[data-several]");
const text = document.getElementById("text");
if (hint && text) {
  const marks = hint.dataset.several.split(" ").map((one) => (/\w/.test(one) ? ` ${one} ` : one));
  const look = () => {
    const written = text.value.toLowerCase();
    hint.hidden = !marks.some((one) => written.includes(one));
  };
  text.addEventListener("input", look);
  look();
}
