/** What the page shows before, while and after the microphone is on. */
const body = document.body;
const activate = document.getElementById("activate");
const deactivate = document.getElementById("deactivate");
const studio = document.getElementById("studio");
const welcome = document.getElementById("welcome");

/** @param {"off" | "asking" | "on"} state */
export function showMicrophone(state) {
  const hadFocus = document.activeElement;
  body.dataset.microphone = state;
  activate.disabled = state === "asking";
  activate.textContent = state === "asking" ? "Waiting for permission…" : "Activate microphone";
  studio.hidden = state !== "on";
  welcome.hidden = state === "on";
  if (state === "on") {
    document.getElementById("start").focus({ preventScroll: true });
  } else if (hadFocus === deactivate) {
    activate.focus();
  }
}

export function watchMicrophoneButtons(onActivate, onDeactivate) {
  activate.addEventListener("click", onActivate);
  deactivate.addEventListener("click", onDeactivate);
}
