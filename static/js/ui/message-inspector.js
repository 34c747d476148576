/** The exact JSON of the last message that left, with its size, plain and as it was sent. */
import { FRAMES_PER_SECOND } from "../message.js";
import { element } from "./elements.js";

/**
 * @typedef {object} InspectorLabels
 * @property {string} nothing while nothing was sent
 * @property {(sent: {method: string, path: string}) => string} request
 * @property {(sizes: {frames: number, plainBytes: number, sentBytes: number, plainKbits: number, sentKbits: number})
 *   => string} sizes kbit are those of a second of speech
 * @property {string} json name of the text, for screen readers
 */

/** @typedef {{method: string, url: string | URL, body: string | Uint8Array<ArrayBuffer>}} Sent as it was given to fetch() */

/** @param {string | Uint8Array<ArrayBuffer>} body */
const textOf = async (body) => {
  if (typeof body === "string") {
    return body;
  }
  return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
};

/**
 * One frame a line; everything else as JSON has it.
 * @param {{mfcc?: number[][]}} message
 */
function readable(message) {
  const { mfcc, ...others } = message;
  const rows = (mfcc ?? []).map((frame) => `    ${JSON.stringify(frame)}`);
  const rest = JSON.stringify(others, null, 2).slice(1);
  const separator = Object.keys(others).length > 0 ? "," : "\n";
  return mfcc ? `{\n  "mfcc": [\n${rows.join(",\n")}\n  ]${separator}${rest}` : JSON.stringify(others, null, 2);
}

export class MessageInspector {
  #labels;
  #request = element("p", { class: "chart-readout" });
  #sizes = element("p", { class: "chart-readout" });
  #json;

  /**
   * @param {HTMLElement} host is filled
   * @param {{labels: InspectorLabels}} options
   */
  constructor(host, { labels }) {
    this.#labels = labels;
    this.#json = element("pre", { tabindex: "0", role: "region", "aria-label": labels.json });
    host.replaceChildren(element("div", { class: "chart message-inspector" }, this.#request, this.#sizes, this.#json));
    this.clear();
  }

  /** @param {Sent} sent */
  async show({ method, url, body }) {
    const text = await textOf(body);
    const message = JSON.parse(text);
    const attempts = [message, message.first, message.second]; // a comparison has two
    const frames = attempts.reduce((sum, attempt) => sum + (attempt?.mfcc?.length ?? attempt?.speech_frames ?? 0), 0);
    const plainBytes = new TextEncoder().encode(text).length;
    const sentBytes = typeof body === "string" ? plainBytes : body.length;
    const [plainKbits, sentKbits] = [plainBytes, sentBytes].map((n) => (8 * n * FRAMES_PER_SECOND) / (1000 * frames));
    this.#request.textContent = this.#labels.request({ method, path: new URL(url, document.baseURI).pathname });
    this.#sizes.textContent = this.#labels.sizes({ frames, plainBytes, sentBytes, plainKbits, sentKbits });
    this.#json.textContent = readable(message);
    this.#json.hidden = false;
  }

  clear() {
    this.#request.textContent = this.#labels.nothing;
    this.#sizes.textContent = "";
    this.#json.hidden = true;
  }
}
