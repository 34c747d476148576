/** The card of the microphone: whether it is on, its level, and the switch. */
import { decimal } from "./amounts.js";
import { showFailure } from "./failures.js";
import { clearLevel, showLevel } from "./level-meter.js";
import { say } from "./words.js";

const state = document.getElementById("microphone-state");
const note = document.getElementById("microphone-note");
const button = document.getElementById("microphone-switch");

function show(isOpen, sampleRateHz) {
  state.dataset.state = isOpen ? "on" : "off";
  say(state, isOpen ? "microphone.on" : "microphone.off");
  say(button, isOpen ? "microphone.turnOff" : "microphone.turnOn");
  if (isOpen) {
    say(note, "microphone.rate", { rate: decimal(sampleRateHz / 1000) });
  } else {
    say(note, "microphone.idle");
    clearLevel();
  }
}

/** @param {import("../cepstra.js").Cepstra} voice */
export function watchMicrophone(voice) {
  show(false);
  voice.addEventListener("level", ({ detail }) => showLevel(detail));
  voice.addEventListener("microphone", ({ detail: { isOpen, error } }) => {
    show(isOpen, voice.sampleRateHz);
    if (error) {
      showFailure(error);
    }
  });
  button.addEventListener("click", async () => {
    try {
      await (voice.isMicrophoneOpen ? voice.closeMicrophone() : voice.openMicrophone());
    } catch (error) {
      showFailure(error);
    }
  });
}
