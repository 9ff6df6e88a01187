// What makes administration easier where scripts run: without them everything works too.

const REFRESH_MS = 5000;

for (const pick of document.querySelectorAll("input[data-into]")) {
  pick.closest("[hidden]").hidden = false;
  pick.addEventListener("change", async () => {
    const [file] = pick.files;
    pick.value = "";
    if (file && fits(pick.form, file.size)) document.getElementById(pick.dataset.into).value = await textOf(file);
  });
}

// What a spreadsheet writes is not always UTF-8; read as such, names would lose their letters unseen.
async function textOf(file) {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

// What is too large is told before it is sent: the answer would be a page without what was typed.
function fits(form, size) {
  const told = form.querySelector("[data-too-large]"), large = size > Number(form.dataset.most);
  told.textContent = large ? told.dataset.tooLarge : "";
  told.hidden = !large;
  return !large;
}

for (const form of document.querySelectorAll("form[data-most]")) {
  form.addEventListener("submit", (event) => {
    if (!fits(form, String(new URLSearchParams(new FormData(form))).length)) event.preventDefault();
  });
}

const goOn = document.querySelector("form[data-go-on]");
if (goOn) setTimeout(() => goOn.requestSubmit(), 500);

document.querySelector(".wrong-summary")?.focus();

const findings = document.querySelector("[data-live]");
if (findings) {
  document.getElementById("live").hidden = false;
  setInterval(() => look(findings).catch(() => {}), REFRESH_MS);
}

async function look(list) {
  if (document.hidden) return;
  const answer = await fetch(list.dataset.live, { headers: { Accept: "application/json", "Traject-By-Itself": "yes" } });
  if (!answer.ok) return;
  const told = await answer.json();
  list.replaceChildren(...told.findings.map((one) => row(one, list.dataset.do)));
  const worst = document.getElementById("worst");
  const words = worst.dataset[told.level];
  if (worst.textContent !== words) worst.textContent = words;
  worst.classList.toggle("good", told.level === "ok");
  const clock = document.getElementById("clock");
  clock.textContent = clock.dataset.words.replace("{at}", told.clock);
}

function row(one, todo) {
  const item = document.createElement("li");
  item.dataset.level = one.level;
  const title = document.createElement("strong");
  title.textContent = one.title;
  const chip = document.createElement("span");
  chip.className = `chip level-${one.level}`;
  chip.textContent = one.word;
  item.append(title, " ", chip, block(one.text));
  if (one.do) item.append(block(`${todo}: ${one.do}`));
  return item;
}

function block(text) {
  const line = document.createElement("span");
  line.className = "block";
  line.textContent = text;
  return line;
}
