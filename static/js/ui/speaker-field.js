/** The field "Who is speaking": reports names that the service will accept, explains the others. */
import { isSpeakerName } from "../api-client.js";

const field = document.getElementById("speaker");
const note = document.getElementById("speaker-note");

const RULE = "Use 1 to 64 letters, digits, dots, hyphens or underscores.";

/** @param {(name: string) => void} onChange told every acceptable new name */
export function watchSpeaker(onChange) {
  field.addEventListener("change", () => {
    const name = field.value.trim() || "default";
    const isAccepted = isSpeakerName(name);
    field.setAttribute("aria-invalid", String(!isAccepted));
    note.textContent = isAccepted ? "" : RULE;
    if (isAccepted) {
      field.value = name;
      onChange(name);
    }
  });
}
