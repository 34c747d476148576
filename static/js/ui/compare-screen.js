/** Comparison: two voices, each spoken or from a file, one voice or two; nothing is kept. */
import { percent, decimal } from "./amounts.js";
import { DropZone } from "./drop-zone.js";
import { Stage } from "./stage.js";
import { clearVerdict, showVerdict } from "./verdict.js";
import { say } from "./words.js";

const DIGITS = 3;
const SIDES = ["first", "second"];

const at = (id) => document.getElementById(id);

/** @param {object} reply of /compare */
function show({ decision, probability, llr, threshold, quality }) {
  showVerdict(at("compare-verdict"), {
    decision,
    title: [`compare.${decision}`],
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
  #stage = new Stage(at("compare-stage"), "compare.idle");
  #messages = { first: null, second: null };
  #zones = {};

  constructor({ voice, speaking, frontend }) {
    this.#voice = voice;
    this.#speaking = speaking;
    this.#hopS = frontend.hop_samples / frontend.sample_rate_hz;
    for (const side of SIDES) {
      this.#zones[side] = new DropZone(at(`${side}-drop`), {
        words: "compare.files",
        purpose: "verification",
        frontend,
        wanted: () => [],
        onRecording: ({ messages }) => this.#fill(side, messages[0]),
      });
      at(`${side}-record`).addEventListener("click", () => this.#toggle(side));
      this.#fill(side, null);
    }
    at("compare-start").addEventListener("click", () => this.#compare());
  }

  #toggle(side) {
    return this.#speaking.isActive ? this.#speaking.stop() : this.#record(side);
  }

  async #record(side) {
    const button = at(`${side}-record`);
    const place = { stage: this.#stage, button, idle: "compare.recordAgain" };
    const message = await this.#speaking.run(place, (signal) => this.#voice.record({ digits: DIGITS, signal }));
    if (message) {
      this.#zones[side].clear();
      this.#fill(side, message);
    }
  }

  #fill(side, message) {
    this.#messages[side] = message;
    clearVerdict(at("compare-verdict"));
    const state = at(`${side}-state`);
    at(`compare-${side}`).dataset.state = message ? "full" : "empty";
    if (message) {
      say(state, "compare.full", { seconds: decimal(message.mfcc.length * this.#hopS) });
    } else {
      say(state, "compare.empty");
    }
    at("compare-start").disabled = SIDES.some((each) => !this.#messages[each]);
  }

  async #compare() {
    const { first, second } = this.#messages;
    const reply = await this.#speaking.send((signal) => this.#voice.client.compare(first, second, { signal }));
    if (reply) {
      show(reply);
    }
  }
}
