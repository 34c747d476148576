/** Who the caller is: the note that sign-in is off, the form, the line of who is signed in. */
import { find } from "./elements.js";

const form = find("#sign-in", HTMLFormElement);
const [name, password] = ["name", "password"].map((part) => find(`#account-${part}`, HTMLInputElement));
const workplace = find("#workplace");
const note = find("#access-note");
const signedIn = find("#signed-in");
const signedInName = find("#signed-in-name");
const speakerField = find("#speaker-field");

/** @param {import("../api-client.js").Access} access */
export function showAccess({ auth, speaker }) {
  const isOut = auth === "on" && speaker === null;
  document.body.dataset.auth = auth; // what a person's session may not do is left out
  note.hidden = auth !== "off";
  form.hidden = !isOut;
  workplace.hidden = isOut;
  signedIn.hidden = speaker === null;
  signedInName.textContent = speaker ?? "";
  speakerField.hidden = auth === "on";
}

/**
 * @param {object} handlers
 * @param {(name: string, password: string, isNew: boolean) => void} handlers.onSignIn
 * @param {() => void} handlers.onSignOut
 */
export function watchSignIn({ onSignIn, onSignOut }) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isNew = event.submitter instanceof HTMLButtonElement && event.submitter.value === "create";
    onSignIn(name.value.trim(), password.value, isNew);
    password.value = "";
  });
  find("#sign-out").addEventListener("click", onSignOut);
}

/** Brings the person to what appeared in place of what they used. */
export function focusAfterSigning() {
  find(form.hidden ? "#workplace section:not([hidden]) h2" : "#sign-in h2").focus();
}
