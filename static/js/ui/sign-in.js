/** Who the caller is: the note that sign-in is off, the form, the line of who is signed in. */
const form = document.getElementById("sign-in");
const workplace = document.getElementById("workplace");
const note = document.getElementById("access-note");
const signedIn = document.getElementById("signed-in");
const signedInName = document.getElementById("signed-in-name");
const speakerField = document.getElementById("speaker-field");

/** @param {{auth: "on" | "off", speaker: string | null}} access reply of GET /session */
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
    const { name, password } = Object.fromEntries(new FormData(form));
    onSignIn(name.trim(), password, event.submitter?.value === "create");
    form.elements.password.value = "";
  });
  document.getElementById("sign-out").addEventListener("click", onSignOut);
}

/** Brings the person to what appeared in place of what they used. */
export function focusAfterSigning() {
  const heading = form.hidden ? workplace.querySelector("section:not([hidden]) h2") : form.querySelector("h2");
  heading.focus();
}
