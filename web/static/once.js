// What is sent by a double click is sent once: the first answer would be lost with what only it shows.

for (const form of document.querySelectorAll("form[data-once]")) {
  let sent = false;
  function mark(value) {
    sent = value;
    for (const button of form.querySelectorAll("button")) button.ariaDisabled = value ? "true" : null;
  }
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    else if (!event.defaultPrevented) mark(true);
  });
  addEventListener("pageshow", () => mark(false));
}
