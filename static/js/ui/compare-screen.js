/** Comparison: two voices, each spoken or from a file, one voice or two; nothing is kept. */
import { DIGITS_OF_A_COMPARISON } from "../cepstra.js";
import { countSpeechFrames } from "../speech-frames.js";
import { DropZone } from "./drop-zone.js";
import { find } from "./elements.js";
import { decimal, likelihood, setText } from "./i18n.js";
import { PromptView } from "./prompt-view.js";
import { whileBusy } from "./recording-session.js";
import { clearVerdict, drawScale, outcomeOf, showVerdict } from "./verdict.js";

/** @typedef {import("../message.js").Message} Message */

const SIDES = ["first", "second"];
const verdict = find("#compare-verdict");
const start = find("#compare-start", HTMLButtonElement);

/** @param {import("../api-client.js").Comparison} reply */
function show(reply) {
  const { decision, probability, llr, threshold } = reply;
  const outcome = outcomeOf(reply);
  const key = decision === "inconclusive" ? "verify.inconclusive" : `compare.${outcome}`;
  const isDrawn = typeof llr === "number" && typeof threshold === "number";
  const likely = { probability: likelihood(probability), opposite: likelihood(1 - (probability ?? 0)) };
  showVerdict(verdict, {
    outcome,
    title: [key],
    reason: decision === "inconclusive" ? ["verify.inconclusive.why"] : [`compare.${outcome}.why`, likely],
    scale: isDrawn ? drawScale([{ llr, threshold, name: "", outcome, isNewest: true }]) : null,
  });
}

export class CompareScreen {
  #voice;
  #session;
  #hopS;
  #view = new PromptView(find("#compare-stage"), "compare.idle");
  /** @type {Record<string, Message | null>} */
  #messages = { first: null, second: null };
  /** @type {Record<string, DropZone>} */
  #zones = {};

  /** @param {import("./screens.js").ScreenTools} tools */
  constructor({ voice, session, frontend }) {
    this.#voice = voice;
    this.#session = session;
    this.#hopS = frontend.hop_samples / frontend.sample_rate_hz;
    for (const side of SIDES) {
      this.#zones[side] = new DropZone(find(`#${side}-drop`), "compare.files", {
        purpose: () => "verification",
        frontend,
        onBegin: () => this.#empty(side),
        onRecording: ({ messages }) => this.#fill(side, messages[0]),
      });
      find(`#${side}-record`).addEventListener("click", () => (session.isActive ? session.press() : this.#record(side)));
      this.#fill(side, null);
    }
    start.addEventListener("click", () => (start.dataset.running === "true" ? session.press() : whileBusy(start, () => this.#compare())));
  }

  /** @param {string} side */
  async #record(side) {
    const button = find(`#${side}-record`);
    clearVerdict(verdict);
    const message = await this.#session.run({ view: this.#view, button }, (signal) => this.#voice.record({ digits: DIGITS_OF_A_COMPARISON, signal }));
    this.#view.progress(0);
    if (message) {
      setText(button, "compare.recordAgain");
      this.#zones[side].clear();
      this.#fill(side, message);
    }
  }

  /** @param {string} side that another recording is read for: what is on its way is of the one before */
  #empty(side) {
    void this.#session.stop();
    this.#fill(side, null);
  }

  /**
   * @param {string} side
   * @param {Message | null} message
   */
  #fill(side, message) {
    this.#messages[side] = message;
    clearVerdict(verdict);
    const state = find(`#${side}-state`);
    find(`#compare-${side}`).dataset.state = message ? "full" : "empty";
    if (message) {
      setText(state, "compare.full", { seconds: decimal(countSpeechFrames(message.mfcc) * this.#hopS) });
    } else {
      setText(state, "compare.empty");
    }
    start.disabled = SIDES.some((each) => !this.#messages[each]);
  }

  async #compare() {
    const { first, second } = this.#messages;
    if (!first || !second) {
      return; // the button is disabled
    }
    clearVerdict(verdict);
    start.removeAttribute("aria-busy"); // it is Stop from here on
    const compare = async (/** @type {AbortSignal} */ signal) => {
      const sides = [first, second].map((side) => this.#voice.prepared(side, { signal }));
      const [one, other] = await Promise.all(sides);
      return this.#voice.client.compare(one, other, { signal });
    };
    const reply = await this.#session.send(compare, { view: this.#view, button: start });
    if (reply) {
      show(reply);
    }
  }
}
