/** Identification: who of everybody enrolled is speaking, or nobody. */
import { DropZone } from "./drop-zone.js";
import { find } from "./elements.js";
import { clearRanking, showRanking } from "./ranking.js";
import { PromptView } from "./prompt-view.js";
import { clearVerdict, showVerdict } from "./verdict.js";

/** @typedef {import("../api-client.js").Identification} Identification */

const DIGITS = 3;
const RANKS = 5;
/** @type {Record<Identification["decision"], import("../api-client.js").Decision>} */
const DECISIONS = { identified: "accept", none: "reject", inconclusive: "inconclusive" };

const verdict = find("#identify-verdict");
const ranking = find("#ranking");
const button = find("#identify-start");

/** @param {Identification} reply */
function show(reply) {
  showVerdict(verdict, {
    decision: DECISIONS[reply.decision],
    title: [`identify.${reply.decision}`, { speaker: reply.speaker }],
    reason: ["identify.among", { count: reply.n_speakers }],
    warnings: reply.quality.warnings,
  });
  showRanking(ranking, reply);
}

export class IdentifyScreen {
  #voice;
  #speaking;
  #stage = new PromptView(find("#identify-stage"), "identify.idle");

  /** @param {import("./screens.js").ScreenTools} tools */
  constructor({ voice, speaking, frontend }) {
    this.#voice = voice;
    this.#speaking = speaking;
    button.addEventListener("click", () => (speaking.isActive ? speaking.stop() : this.#identify()));
    new DropZone(find("#identify-drop"), {
      words: "identify.files",
      purpose: "verification",
      frontend,
      onRecording: ({ messages }) => this.#search(messages[0]),
    });
  }

  #clear() {
    clearVerdict(verdict);
    clearRanking(ranking);
  }

  /** @param {import("../api-client.js").Message} message */
  async #search(message) {
    this.#clear();
    const { client } = this.#voice;
    const reply = await this.#speaking.send((signal) => client.identify(message, { top: RANKS, signal }));
    if (reply) {
      show(reply);
    }
  }

  async #identify() {
    this.#clear();
    const place = { stage: this.#stage, button, idle: "identify.again" };
    const options = { digits: DIGITS, top: RANKS };
    const reply = await this.#speaking.run(place, (signal) => this.#voice.identify({ ...options, signal }));
    if (reply) {
      show(reply);
    }
  }
}
