/** What the page is doing for whom: one speaker, at most one round, one attempt a score round. No DOM. */
import { Attempt } from "./attempt.js";
import { buildMessage, optionalFeatures } from "./message.js";
import { Round } from "./round.js";

export const MODES = Object.freeze(["train", "test", "score"]);

export class Session {
  speaker = "default";
  wantedFeatures = []; // of the service's status
  #client;
  #listen;
  #frontend;
  #onEvent;
  #round = null;

  /**
   * @param {object} options
   * @param {ApiClient} options.client
   * @param {(signal: AbortSignal) => Promise<object[]>} options.listen resolves to the next utterance:
   *   {frames, lpc}
   * @param {object} options.frontend the contents of frontend.json
   * @param {(event: object) => void} options.onEvent told the round's events, with `mode`, and
   *   {type: "start" | "end", mode, outcome?}
   */
  constructor({ client, listen, frontend, onEvent }) {
    this.#client = client;
    this.#listen = listen;
    this.#frontend = frontend;
    this.#onEvent = onEvent;
  }

  get isRunning() {
    return this.#round !== null;
  }

  /** Runs one round over `digits` in the given order; resolves to its outcome (see Round.run). */
  async start(mode, digits) {
    this.stop();
    const round = new Round({
      digits,
      listen: this.#listen,
      send: this.#sender(mode, this.speaker),
      onEvent: (event) => this.#onEvent({ ...event, mode }),
    });
    this.#round = round;
    this.#onEvent({ type: "start", mode, digits });
    const outcome = await round.run();
    if (this.#round === round) {
      this.#round = null;
      this.#onEvent({ type: "end", mode, outcome });
    }
    return outcome;
  }

  /** In a score round every digit is sent with those before it, so that the decision rests on all. */
  #sender(mode, speaker) {
    if (mode !== "score") {
      return (utterance, digit) => {
        const message = buildMessage(utterance.frames, this.#frontend, digit);
        return this.#client[mode](speaker, { ...message, ...optionalFeatures(utterance, this.wantedFeatures) });
      };
    }
    const attempt = new Attempt();
    return async (utterance, digit) => {
      const message = attempt.messageWith(utterance, digit, this.#frontend, this.wantedFeatures);
      const reply = await this.#client.score(speaker, message);
      attempt.add(utterance, digit);
      return reply;
    };
  }

  /** Ends the running round, if any; its "end" event is reported before this returns. */
  stop() {
    const round = this.#round;
    if (round) {
      this.#round = null;
      round.stop();
      this.#onEvent({ type: "end", mode: null, outcome: "stopped" });
    }
  }
}

