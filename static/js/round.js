/**
 * One round of digits: asks for each in shuffled order, waits for the utterance, sends it, goes on when the
 * service has answered. Knows neither the page nor the microphone nor HTTP.
 */

export class Round {
  #options;
  #abort = new AbortController();

  /**
   * @param {object} options
   * @param {number[]} options.digits in the order in which they are asked
   * @param {(signal: AbortSignal) => Promise<object>} options.listen resolves to the next utterance; rejects
   *   with the signal's reason when the round is stopped
   * @param {(utterance: object, digit: number) => Promise<object>} options.send resolves to the service's reply
   * @param {(event: object) => void} options.onEvent told every step: {type: "ask" | "sending" | "reply" |
   *   "failure", digit, index, total, reply?, error?}. After a failure the same digit is asked again.
   */
  constructor(options) {
    this.#options = options;
  }

  /** Ends the round; an answer still on its way is not reported any more. */
  stop() {
    this.#abort.abort();
  }

  /**
   * @returns {Promise<"completed" | "stopped" | "failed">} "failed" when the service refused in a way that
   *   asking again cannot mend (error.isTemporary is false); the last event tells why
   */
  async run() {
    const { digits } = this.#options;
    for (let index = 0; index < digits.length && !this.#abort.signal.aborted; ) {
      const outcome = await this.#attempt(digits[index], index);
      if (outcome === "failed") {
        return outcome;
      }
      index += outcome === "answered" ? 1 : 0;
    }
    return this.#abort.signal.aborted ? "stopped" : "completed";
  }

  async #attempt(digit, index) {
    const { listen, send, onEvent, digits } = this.#options;
    const { signal } = this.#abort;
    const step = { digit, index, total: digits.length };
    try {
      onEvent({ ...step, type: "ask" });
      const utterance = await listen(signal);
      onEvent({ ...step, type: "sending" });
      const reply = await send(utterance, digit);
      if (signal.aborted) {
        return "stopped";
      }
      onEvent({ ...step, type: "reply", reply });
      return "answered";
    } catch (error) {
      if (signal.aborted) {
        return "stopped";
      }
      onEvent({ ...step, type: "failure", error });
      return error.isTemporary ? "again" : "failed";
    }
  }
}
