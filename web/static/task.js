// Small help on the pages of tasks: how far one is, and the way to the first thing that is wrong.

function count(bar) {
  const form = bar.closest("form");
  const groups = [...form.querySelectorAll("[data-counts]")];
  const filled = groups.filter((one) => one.querySelector("input:checked") || one.querySelector("textarea")?.value.trim()).length;
  const text = bar.dataset.text.replace("{filled}", filled).replace("{of}", bar.dataset.of);
  bar.querySelector("span").textContent = text;
}

for (const bar of document.querySelectorAll("[data-progress]")) {
  bar.closest("form").addEventListener("input", () => count(bar));
}

const told = document.getElementById("wrong") ?? document.getElementById("done");
if (told) told.focus();

// The chosen day is looked up again as soon as another one is chosen.
const moment = document.querySelector("[data-look]");
if (moment) {
  moment.closest("form").querySelector(".look").hidden = true;
  let asked = 0;
  moment.addEventListener("change", async () => {
    const mine = ++asked;
    const address = new URL(location.href);
    address.hash = "";
    address.searchParams.set("at", moment.value);
    const visit = moment.form.elements.visit;
    if (visit) address.searchParams.set("visit", visit.value);
    try {
      const answer = await fetch(address, { redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const day = page.getElementById("day");
      if (mine === asked && answer.ok && day) document.getElementById("day").replaceChildren(...day.childNodes);
    } catch {
      document.getElementById("day").replaceChildren();
    }
  });
}
