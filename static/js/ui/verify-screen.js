/** Verification: three random digits, and whether the voice is the speaker's. */
import { hasWords, percent, setText } from "./i18n.js";
import { DropZone } from "./drop-zone.js";
import { find } from "./elements.js";
import { PromptView } from "./prompt-view.js";
import { clearVerdict, showVerdict } from "./verdict.js";

const DIGITS = 3;

const verdict = find("#verify-verdict");
const button = find("#verify-start");
const lead = find("#verify-lead");

/**
 * @param {import("../api-client.js").Judgement} result
 * @param {string} speaker
 */
function show(result, speaker) {
  const { decision, reason = null, llr, threshold, probability, quality } = result;
  const key = reason && hasWords(`reason.${reason}`) ? `reason.${reason}` : `verify.${decision}.why`;
  showVerdict(verdict, {
    decision,
    title: [`verify.${decision}`, { speaker }],
    reason: [key, { speaker, probability: percent(probability) }],
    warnings: quality?.warnings,
    llr,
    threshold,
  });
}

export class VerifyScreen {
  #voice;
  #speaking;
  #stage = new PromptView(find("#verify-stage"), "verify.idle");

  /** @param {import("./screens.js").ScreenTools} tools */
  constructor({ voice, speaking, frontend }) {
    this.#voice = voice;
    this.#speaking = speaking;
    button.addEventListener("click", () => (speaking.isActive ? speaking.stop() : this.#verify()));
    new DropZone(find("#verify-drop"), {
      words: "verify.files",
      purpose: "verification",
      frontend,
      onRecording: ({ messages }) => this.#score(messages[0]),
    });
  }

  /** @param {string} speaker */
  showSpeaker(speaker) {
    setText(lead, "verify.lead", { speaker });
    clearVerdict(verdict);
  }

  /** @param {import("../api-client.js").Message} message */
  async #score(message) {
    clearVerdict(verdict);
    const { speaker, client } = this.#voice;
    const reply = await this.#speaking.send((signal) => client.score(speaker, message, { signal }));
    if (reply) {
      show(reply, speaker);
    }
  }

  async #verify() {
    clearVerdict(verdict);
    const { speaker } = this.#voice;
    const place = { stage: this.#stage, button, idle: "verify.again" };
    const result = await this.#speaking.run(place, (signal) => this.#voice.verify({ digits: DIGITS, signal }));
    if (result) {
      show(result, speaker);
    }
  }
}
