/** What the page is doing for whom: one speaker, at most one round, and the sum of a score round. No DOM. */
import { buildMessage } from "./message.js";
import { Round } from "./round.js";

export const MODES = Object.freeze(["train", "test", "score"]);

export class Session {
  speaker = "default";
  #client;
  #listen;
  #frontend;
  #onEvent;
  #round = null;

  /**
   * @param {object} options
   * @param {ApiClient} options.client
   * @param {(signal: AbortSignal) => Promise<object[]>} options.listen resolves to the frames of the next utterance
   * @param {object} options.frontend the contents of frontend.json
   * @param {(event: object) => void} options.onEvent told the round's events, with `mode` and, in a score
   *   round, `totals` = {matchedFrames, sentFrames, result_percent}; and {type: "start" | "end", mode, outcome?}
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
    const speaker = this.speaker;
    const totals = { matchedFrames: 0, sentFrames: 0, result_percent: null };
    const round = new Round({
      digits,
      listen: this.#listen,
      send: (frames, digit) => this.#client[mode](speaker, buildMessage(frames, this.#frontend, digit)),
      onEvent: (event) => {
        if (mode === "score" && event.type === "reply") {
          addToTotals(totals, event.reply);
        }
        this.#onEvent({ ...event, mode, totals: { ...totals } });
      },
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

function addToTotals(totals, reply) {
  totals.matchedFrames += reply.score;
  totals.sentFrames += reply.length;
  totals.result_percent = (100 * totals.matchedFrames) / totals.sentFrames;
}
