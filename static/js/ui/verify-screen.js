/** Verification: three random digits, and whether the voice is the speaker's. */
import { percent } from "./amounts.js";
import { DropZone } from "./drop-zone.js";
import { Stage } from "./stage.js";
import { clearVerdict, showVerdict } from "./verdict.js";
import { hasWords, say } from "./words.js";

const DIGITS = 3;

const verdict = document.getElementById("verify-verdict");
const button = document.getElementById("verify-start");
const lead = document.getElementById("verify-lead");

/** @param {object} result of the kit, or reply of /score */
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
  #stage = new Stage(document.getElementById("verify-stage"), "verify.idle");

  constructor({ voice, speaking, frontend, wanted }) {
    this.#voice = voice;
    this.#speaking = speaking;
    button.addEventListener("click", () => (speaking.isActive ? speaking.stop() : this.#verify()));
    new DropZone(document.getElementById("verify-drop"), {
      words: "verify.files",
      purpose: "verification",
      frontend,
      wanted,
      onRecording: ({ messages }) => this.#score(messages[0]),
    });
  }

  showSpeaker(speaker) {
    say(lead, "verify.lead", { speaker });
    clearVerdict(verdict);
  }

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
