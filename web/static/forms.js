// Makes forms quicker: a row more without a journey, people found by typing, one click is one.

function grow(button) {
  const list = button.closest("fieldset");
  const rows = [...list.querySelectorAll(":scope > .row")];
  const items = rows.length ? rows : [...list.querySelectorAll(":scope > textarea, :scope > input")];
  const last = items.at(-1);
  if (!last || items.length >= 50) return false;
  const old = items.length - 1, place = items.length;
  const base = button.value;
  const renamed = (text) => text?.replace(`${base}.${old}`, `${base}.${place}`);
  const made = last.cloneNode(true);
  const all = [made, ...made.querySelectorAll("*")];
  for (const one of all) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (one.hasAttribute(name)) one.setAttribute(name, renamed(one.getAttribute(name)));
    }
    for (const name of ["aria-invalid", "required"]) one.removeAttribute(name);
    if (one.matches("input:not([type=radio], [type=checkbox]), textarea")) one.value = "";
    if (one.matches("[type=radio], [type=checkbox]")) one.checked = false;
    if (one.matches("select")) one.selectedIndex = 0;
    if (one.matches("legend")) one.textContent = one.textContent.replace(/\d+$/, place + 1);
  }
  for (const why of made.querySelectorAll(".why")) why.remove();
  const label = rows.length ? null : list.querySelector(`label[for="${last.id}"]`)?.cloneNode(true);
  const before = button.closest(".add");
  if (label) {
    label.htmlFor = renamed(last.id);
    label.textContent = label.textContent.replace(/\d+$/, place + 1);
    before.before(label);
  }
  before.before(made);
  (made.matches("input, textarea") ? made : made.querySelector("input, select, textarea"))?.focus();
  return true;
}

function searchable(select) {
  if (select.options.length < 12) return;
  const all = [...select.options].map((one) => [one.value, one.text]);
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = select.dataset.people;
  box.setAttribute("aria-label", select.dataset.people);
  box.setAttribute("aria-controls", select.id);
  box.className = "find";
  box.addEventListener("input", () => {
    const chosen = select.value, sought = box.value.trim().toLocaleLowerCase();
    const kept = all.filter(([value, text]) => !value || value === chosen
      || text.toLocaleLowerCase().includes(sought));
    select.replaceChildren(...kept.map(([value, text]) => new Option(text, value)));
    select.value = kept.length === 2 && sought ? kept[1][0] : chosen;
  });
  select.before(box);
}

for (const form of document.querySelectorAll("form.asks")) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=add]");
    if (button && grow(button)) event.preventDefault();
  });
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  for (const [place, news] of [[window, "pageshow"], [form, "unsent"]]) {
    place.addEventListener(news, () => { sent = false; });
  }
}
for (const select of document.querySelectorAll("select[data-people]")) searchable(select);
