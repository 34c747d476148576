/** The card of the microphone: whether it is on, its level, how noisy the room is, and the switch. */
import { FULL_SCALE_DB } from "../verdicts.js";
import { showFailure } from "./alerts.js";
import { find } from "./elements.js";
import { decimal, setText } from "./i18n.js";
import { levelShare } from "./prompt-view.js";
import { listenTo, NOISY_ROOM_DB, whileBusy } from "./recording-session.js";

const meter = find("#level");
const state = find("#microphone-state");
const note = find("#microphone-note");
const button = find("#microphone-switch");

/** @param {{levelDb: number, floorDb: number}} level as the endpointer reports it */
function showLevel({ levelDb, floorDb }) {
  meter.style.setProperty("--level", levelShare(levelDb).toFixed(3));
  meter.style.setProperty("--floor", levelShare(floorDb).toFixed(3));
  meter.setAttribute("aria-valuenow", String(Math.round(100 * levelShare(levelDb))));
}

/**
 * @param {boolean} isOpen
 * @param {boolean} isMuted
 */
function show(isOpen, isMuted) {
  state.dataset.state = isOpen && !isMuted ? "on" : "off";
  setText(state, isMuted ? "microphone.muted" : isOpen ? "microphone.on" : "microphone.off");
  setText(button, isOpen ? "microphone.turnOff" : "microphone.turnOn");
  if (!isOpen) {
    setText(note, "microphone.idle");
    showLevel({ levelDb: 0, floorDb: 0 });
  }
}

/**
 * @param {import("../cepstra.js").Cepstra} voice
 * @param {import("./recording-session.js").RecordingSession} session
 */
export function watchMicrophone(voice, session) {
  let toldAtMs = 0;
  show(false, false);
  listenTo(voice, {
    level: (level) => {
      showLevel(level);
      if (performance.now() - toldAtMs > 500) {
        toldAtMs = performance.now();
        const key = level.floorDb > NOISY_ROOM_DB ? "microphone.noisy" : "microphone.quiet";
        setText(note, key, { floor: decimal(level.floorDb - FULL_SCALE_DB, 0) });
      }
    },
    microphone: ({ isOpen, isMuted, error }) => {
      show(isOpen, isMuted);
      if (error) {
        showFailure(error);
      }
    },
  });
  button.addEventListener("click", () =>
    whileBusy(button, () => (voice.isMicrophoneOpen ? session.release() : voice.openMicrophone())),
  );
}
