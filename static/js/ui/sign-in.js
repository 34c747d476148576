/** Who the caller is: the note that auth is off, the form to sign in, the line of who is signed in. */
const note = document.getElementById("access-note");
const form = document.getElementById("sign-in");
const signedIn = document.getElementById("signed-in");
const signedInName = document.getElementById("signed-in-name");
const speakerField = document.getElementById("speaker").closest(".field");

/** @param {{auth: "on" | "off", speaker: string | null}} access reply of GET /session */
export function showAccess({ auth, speaker }) {
  note.hidden = auth !== "off";
  form.hidden = auth === "off" || speaker !== null;
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
