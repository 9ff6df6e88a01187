// The way back to a form as the browser still has it; without a script its own button does that.

const button = document.querySelector("[data-back]");
if (history.length > 1) {
  button.closest("[hidden]").hidden = false;
  button.addEventListener("click", () => history.back());
}
