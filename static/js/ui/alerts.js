/** The page's one place for failures: a region that screen readers announce and that can be closed. */
const region = document.getElementById("alert");
const text = document.getElementById("alert-text");

export function showAlert(message) {
  text.textContent = message;
  region.hidden = false;
}

export function clearAlert() {
  region.hidden = true;
  text.textContent = "";
}

document.getElementById("alert-close").addEventListener("click", clearAlert);
