/** The exact JSON of the last message that left, with its size, plain and as it was sent. */
import { FRAMES_PER_SECOND } from "../message.js";
import { element } from "./elements.js";
import { decimal, label, setText, worded } from "./i18n.js";

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
  #request = worded("p", { class: "chart-readout" }, "sent.nothing");
  #sizes = element("p", { class: "chart-readout" });
  #json = element("pre", { tabindex: "0", role: "region", hidden: "" });

  /** @param {HTMLElement} host is filled */
  constructor(host) {
    label(this.#json, "sent.json");
    host.replaceChildren(element("div", { class: "chart message-inspector" }, this.#request, this.#sizes, this.#json));
  }

  /** @param {Sent} sent */
  async show({ method, url, body }) {
    const text = await textOf(body);
    const message = JSON.parse(text);
    const attempts = [message, message.first, message.second]; // a comparison has two
    const frames = attempts.reduce((sum, attempt) => sum + (attempt?.mfcc?.length ?? attempt?.speech_frames ?? 0), 0);
    const plainBytes = new TextEncoder().encode(text).length;
    const sentBytes = typeof body === "string" ? plainBytes : body.length;
    const sentKbits = (8 * sentBytes * FRAMES_PER_SECOND) / (1000 * frames);
    const [plain, sent] = [plainBytes, sentBytes].map((bytes) => decimal(bytes / 1000));
    setText(this.#request, "data.value", { value: `${method} ${new URL(url, document.baseURI).pathname}` });
    setText(this.#sizes, "sent.sizes", { frames, plain, sent, rate: decimal(sentKbits, 0) });
    this.#json.textContent = readable(message);
    this.#json.hidden = false;
  }
}
