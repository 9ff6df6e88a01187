// Small help on the pages of tasks: how far one is, and the way to the first thing that is wrong.

function count(bar) {
  const form = bar.closest("form");
  const groups = [...form.querySelectorAll("[data-counts]")];
  const filled = groups.filter((one) => one.querySelector("input:checked")).length;
  const text = bar.dataset.text.replace("{filled}", filled).replace("{of}", bar.dataset.of);
  bar.querySelector("span").textContent = text;
}

for (const bar of document.querySelectorAll("[data-progress]")) {
  bar.closest("form").addEventListener("change", () => count(bar));
}

const wrong = document.getElementById("wrong");
if (wrong) wrong.focus();
