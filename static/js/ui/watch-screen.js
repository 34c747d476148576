/** Watching: while somebody talks, whether it is still the same voice. Nothing is sent. */
import { find } from "./elements.js";
import { KeptProfile } from "./kept-profile.js";
import { PromptView } from "./prompt-view.js";
import { RatioLine } from "./ratio-line.js";
import { listenTo } from "./recording-session.js";
import { clearVerdict, showVerdict } from "./verdict.js";

/** @typedef {import("../embedding/voice-watch.js").Ratio} Ratio */

const verdict = find("#watch-verdict");
const button = find("#watch-start", HTMLButtonElement);

/** @type {WatchScreen | null} */
let opened = null;

/** @type {Record<string, import("./verdict.js").Outcome>} */
const OUTCOMES = { same: "yes", changed: "no", unsure: "unsure" };

class WatchScreen {
  #voice;
  #session;
  #view = new PromptView(find("#watch-stage"), "watch.learning", button);
  #kept;
  #line = new RatioLine(find("#watch-line"));
  #isWatching = false;
  /** @type {Ratio["state"]} */
  #state = "learning";

  /** @param {import("./screens.js").ScreenTools} tools */
  constructor({ voice, session, frontend }) {
    this.#voice = voice;
    this.#session = session;
    this.#kept = new KeptProfile({ voice, session, frontend }, this.#view);
    button.disabled = false; // pressed before this, it would do nothing
    button.addEventListener("click", () => (session.isActive ? session.stop() : this.#watch()));
    listenTo(voice, {
      level: ({ frames }) => this.#isWatching && this.#line.advance(frames.length),
      ratio: (ratio) => this.#show(ratio),
    });
  }

  /** For whoever is at the page now. */
  show() {
    return this.#kept.show();
  }

  async #watch() {
    clearVerdict(verdict);
    this.#line.clear();
    this.#isWatching = true;
    this.#state = "learning";
    const where = { view: this.#view, button, idle: "watch.start", isPrompted: false };
    await this.#session.run(where, (signal) => {
      this.#view.show("busy", { line: "watch.loading" });
      return this.#voice.watch({ signal, onReady: () => this.#view.show("listening", { line: "watch.learning" }) });
    });
    this.#isWatching = false;
    this.#view.progress(0);
  }

  /** @param {Ratio} ratio */
  #show(ratio) {
    const { llr, state, learnt } = ratio;
    this.#view.progress(learnt);
    this.#line.push(ratio);
    if (llr === null) {
      this.#view.note("good", "watch.goOn");
    } else {
      this.#view.clearNote();
    }
    if (llr !== null && state !== this.#state) {
      showVerdict(verdict, { outcome: OUTCOMES[state], title: [`watch.${state}`], reason: ["watch.because"] });
    }
    this.#state = state;
  }
}

/**
 * Begins the screen where it has not begun yet, and shows it to whoever is at the page.
 * @param {import("./screens.js").ScreenTools} tools
 */
export function watchScreen(tools) {
  opened ??= new WatchScreen(tools);
  return opened.show();
}
