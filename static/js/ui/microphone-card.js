/** The card of the microphone: whether it is on, its level, and the switch. */
import { decimal, setText } from "./i18n.js";
import { find } from "./elements.js";
import { showFailure } from "./alerts.js";
import { clearLevel, showLevel } from "./level-meter.js";
import { listenTo } from "./recording-session.js";

const state = find("#microphone-state");
const note = find("#microphone-note");
const button = find("#microphone-switch");

/** @param {number | null} sampleRateHz null while the microphone is closed */
function show(sampleRateHz) {
  const isOpen = sampleRateHz !== null;
  state.dataset.state = isOpen ? "on" : "off";
  setText(state, isOpen ? "microphone.on" : "microphone.off");
  setText(button, isOpen ? "microphone.turnOff" : "microphone.turnOn");
  if (isOpen) {
    setText(note, "microphone.rate", { rate: decimal(sampleRateHz / 1000) });
  } else {
    setText(note, "microphone.idle");
    clearLevel();
  }
}

/** @param {import("../cepstra.js").Cepstra} voice */
export function watchMicrophone(voice) {
  show(null);
  listenTo(voice, {
    level: showLevel,
    microphone: ({ error }) => {
      show(voice.sampleRateHz);
      if (error) {
        showFailure(error);
      }
    },
  });
  button.addEventListener("click", async () => {
    try {
      await (voice.isMicrophoneOpen ? voice.closeMicrophone() : voice.openMicrophone());
    } catch (error) {
      showFailure(error);
    }
  });
}
