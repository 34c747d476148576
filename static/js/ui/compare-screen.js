/** Comparison: two voices, each spoken or from a file, one voice or two; nothing is kept. */
import { DIGITS_OF_A_COMPARISON } from "../cepstra.js";
import { decimal, percent, setText } from "./i18n.js";
import { DropZone } from "./drop-zone.js";
import { find } from "./elements.js";
import { PromptView } from "./prompt-view.js";
import { clearVerdict, showVerdict } from "./verdict.js";

/** @typedef {import("../api-client.js").Message} Message */

const SIDES = ["first", "second"];

/** @param {import("../api-client.js").Comparison} reply */
function show({ decision, probability, llr, threshold, quality }) {
  showVerdict(find("#compare-verdict"), {
    decision,
    title: [decision === "reject" && (llr ?? 0) > 0 ? "compare.unsure" : `compare.${decision}`],
    reason: ["compare.why", { probability: percent(probability) }],
    warnings: quality.warnings,
    llr,
    threshold,
  });
}

export class CompareScreen {
  #voice;
  #speaking;
  #hopS;
  #stage = new PromptView(find("#compare-stage"), "compare.idle");
  /** @type {Record<string, Message | null>} */
  #messages = { first: null, second: null };
  /** @type {Record<string, DropZone>} */
  #zones = {};

  /** @param {import("./screens.js").ScreenTools} tools */
  constructor({ voice, speaking, frontend }) {
    this.#voice = voice;
    this.#speaking = speaking;
    this.#hopS = frontend.hop_samples / frontend.sample_rate_hz;
    for (const side of SIDES) {
      this.#zones[side] = new DropZone(find(`#${side}-drop`), {
        words: "compare.files",
        purpose: "verification",
        frontend,
        onRecording: ({ messages }) => this.#fill(side, messages[0]),
      });
      find(`#${side}-record`).addEventListener("click", () => this.#toggle(side));
      this.#fill(side, null);
    }
    find("#compare-start").addEventListener("click", () => this.#compare());
  }

  /** @param {string} side */
  #toggle(side) {
    return this.#speaking.isActive ? this.#speaking.stop() : this.#record(side);
  }

  /** @param {string} side */
  async #record(side) {
    const button = find(`#${side}-record`);
    const place = { stage: this.#stage, button, idle: "compare.recordAgain" };
    const message = await this.#speaking.run(place, (signal) => this.#voice.record({ digits: DIGITS_OF_A_COMPARISON, signal }));
    if (message) {
      this.#zones[side].clear();
      this.#fill(side, message);
    }
  }

  /**
   * @param {string} side
   * @param {Message | null} message
   */
  #fill(side, message) {
    this.#messages[side] = message;
    clearVerdict(find("#compare-verdict"));
    const state = find(`#${side}-state`);
    find(`#compare-${side}`).dataset.state = message ? "full" : "empty";
    if (message) {
      setText(state, "compare.full", { seconds: decimal(message.mfcc.length * this.#hopS) });
    } else {
      setText(state, "compare.empty");
    }
    find("#compare-start", HTMLButtonElement).disabled = SIDES.some((each) => !this.#messages[each]);
  }

  async #compare() {
    const { first, second } = this.#messages;
    if (!first || !second) {
      return; // the button is disabled
    }
    const reply = await this.#speaking.send((signal) => this.#voice.client.compare(first, second, { signal }));
    if (reply) {
      show(reply);
    }
  }
}
