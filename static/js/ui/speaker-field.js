/** The field "Who is speaking": reports names that the service will accept, explains the others. */
import { isSpeakerName } from "../api-client.js";
import { find } from "./elements.js";
import { clearText, setText } from "./i18n.js";

const field = find("#speaker", HTMLInputElement);
const note = find("#speaker-note");

/**
 * @param {string} initial
 * @param {(name: string) => void} onChange told every acceptable new name
 */
export function watchSpeaker(initial, onChange) {
  field.value = initial;
  watchName(field, note, (name) => onChange(name), initial);
}

/**
 * A field that holds a name in the service's sense.
 * @param {HTMLInputElement} input
 * @param {HTMLElement} explanation
 * @param {(name: string) => void} onChange
 * @param {string} fallback what an empty field means
 */
export function watchName(input, explanation, onChange, fallback) {
  input.addEventListener("change", () => {
    const name = input.value.trim() || fallback;
    const isAccepted = isSpeakerName(name);
    input.setAttribute("aria-invalid", String(!isAccepted));
    if (!isAccepted) {
      setText(explanation, "speaker.rule");
      return;
    }
    clearText(explanation);
    input.setAttribute("aria-invalid", "false");
    input.value = name;
    onChange(name);
  });
}
