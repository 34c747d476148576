/** The note that auth is off, so that nobody takes a local service for a guarded one. */
const note = document.getElementById("access-note");

/** @param {{auth: "on" | "off"}} access reply of GET /session */
export function showAccess({ auth }) {
  note.hidden = auth !== "off";
}
