/** Identification: who of everybody enrolled is speaking, or nobody. */
import { DropZone } from "./drop-zone.js";
import { element, find } from "./elements.js";
import { label, percent, setText } from "./i18n.js";
import { PromptView } from "./prompt-view.js";
import { whileBusy } from "./recording-session.js";
import { clearVerdict, showVerdict } from "./verdict.js";

/** @typedef {import("../api-client.js").Identification} Identification */

const DIGITS = 3;
const RANKS = 5;
const MOST_TOLD = 0.99;

const verdict = find("#identify-verdict");
const ranking = find("#ranking");
const button = find("#identify-start", HTMLButtonElement);
const nobody = find("#identify-nobody");

/**
 * A share that never claims to be sure, short enough for its column.
 * @param {number | null} probability
 * @returns {[key: string, values: import("./i18n.js").Values]}
 */
function shareWords(probability) {
  if (probability !== null && probability > MOST_TOLD) {
    return ["identify.share.more", { share: percent(MOST_TOLD) }];
  }
  if (probability !== null && probability < 1 - MOST_TOLD) {
    return ["identify.share.less", { share: percent(1 - MOST_TOLD) }];
  }
  return ["data.value", { value: percent(probability) }];
}

/** @param {{alias: string | null, probability: number | null}} candidate alias null: nobody enrolled */
function row({ alias, probability }) {
  const name = element("span", { class: "rank-name", dir: "auto" }, alias ?? "");
  const bar = element("progress", { max: "1", value: String(probability ?? 0) });
  const share = element("span", { class: "rank-share numeric" });
  if (alias === null) {
    setText(name, "visit.somebody");
    label(bar, "visit.somebody");
  } else {
    bar.setAttribute("aria-label", alias);
  }
  setText(share, ...shareWords(probability));
  return element("li", { class: "rank", "data-kind": alias === null ? "none" : "known" }, name, bar, share);
}

/** @param {Identification} reply */
function showRanking({ ranking: known, probability_none: none }) {
  const candidates = [...known, { alias: null, probability: none }];
  candidates.sort((a, b) => (b.probability ?? 0) - (a.probability ?? 0));
  ranking.replaceChildren(...candidates.map(row));
  ranking.hidden = false;
}

/**
 * Somebody who leads the ranking, but not by enough, is perhaps the one, as where another name has the same voice: the
 * words agree with the bars below.
 * @param {Identification} reply
 * @returns {[import("./verdict.js").Outcome, string, string | null]} outcome, words, and whom they name
 */
function readReply({ decision, speaker, ranking: [first], probability_none: none }) {
  if (decision === "identified") {
    return (first?.probability ?? 0) > 0.5 ? ["yes", "identify.identified", speaker] : ["unsure", "identify.perhaps", speaker];
  }
  if (decision === "inconclusive") {
    return ["unsure", "verify.inconclusive", null];
  }
  const isLikelier = (first?.probability ?? 0) > (none ?? 1);
  return isLikelier ? ["unsure", "identify.perhaps", first.alias] : ["no", "identify.none", null];
}

/** @param {Identification} reply */
function show(reply) {
  const [outcome, key, speaker] = readReply(reply);
  showVerdict(verdict, { outcome, title: [key, { speaker }], reason: ["identify.among", { count: reply.n_speakers }] });
  showRanking(reply);
}

export class IdentifyScreen {
  #voice;
  #session;
  #view = new PromptView(find("#identify-stage"), "verify.idle", button);
  /** What was asked for last: nothing is done for what was cleared meanwhile. */
  #asked = {};

  /** @param {import("./screens.js").ScreenTools} tools */
  constructor({ voice, session, frontend }) {
    this.#voice = voice;
    this.#session = session;
    button.addEventListener("click", () => (session.isActive ? session.press() : whileBusy(button, () => this.#identify())));
    new DropZone(find("#identify-drop"), "verify.files", {
      purpose: () => "verification",
      frontend,
      onBegin: () => this.clear(),
      onRecording: ({ messages }) => this.#search(messages[0]),
    });
  }

  clear() {
    this.#asked = {};
    clearVerdict(verdict);
    nobody.hidden = true;
    ranking.hidden = true;
    ranking.replaceChildren();
  }

  /** Whether there is anybody to be found, told before anybody speaks for nothing, and somebody still wants to know. */
  async #isToBeFound() {
    const asked = this.#asked;
    const { speakers } = await this.#voice.client.speakers();
    if (asked !== this.#asked) {
      return false;
    }
    nobody.hidden = speakers.length > 0;
    return speakers.length > 0;
  }

  /** @param {import("../message.js").Message} message */
  async #search(message) {
    if (!(await this.#isToBeFound())) {
      return;
    }
    const voice = this.#voice;
    const reply = await this.#session.send(
      async (signal) => voice.client.identify(await voice.prepared(message, { signal }), { top: RANKS, signal }),
      { view: this.#view, button },
    );
    if (reply) {
      show(reply);
    }
  }

  async #identify() {
    this.clear();
    if (!(await this.#isToBeFound())) {
      return;
    }
    const options = { digits: DIGITS, top: RANKS };
    button.removeAttribute("aria-busy"); // it is Stop from here on
    const reply = await this.#session.run({ view: this.#view, button }, (signal) => this.#voice.identify({ ...options, signal }));
    this.#view.progress(0);
    if (reply) {
      setText(button, "identify.again");
      show(reply);
    }
  }
}
