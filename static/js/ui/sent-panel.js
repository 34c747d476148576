/**
 * What is sent: the frames as they are heard, with what the endpointer keeps of them, and the last message to the
 * service as it left.
 */
import { decimal, setText } from "./i18n.js";
import { CepstrumMap } from "./cepstrum-map.js";
import { find } from "./elements.js";
import { EnergyTrack } from "./energy-track.js";
import { MessageInspector } from "./message-inspector.js";
import { listenTo } from "./recording-session.js";

const MODE_KEY = "mode";

/**
 * What is sent stays as the person chose on this device.
 * @param {import("../cepstra.js").Cepstra} voice
 */
function followChoice(voice) {
  const box = find("#sent-embedding", HTMLInputElement);
  const apply = () => (voice.mode = box.checked ? "embedding" : "frames");
  box.checked = localStorage.getItem(MODE_KEY) === "embedding";
  box.addEventListener("change", () => localStorage.setItem(MODE_KEY, apply()));
  apply();
}

export class SentPanel {
  /** @type {(import("./message-inspector.js").Sent & {url: URL}) | null} */
  #last = null;
  #map = new CepstrumMap(find("#sent-map"));
  #track = new EnergyTrack(find("#sent-track"));
  #inspector = new MessageInspector(find("#sent-message"));
  #sent = { messages: 0, bytes: 0 };

  constructor() {
    setText(find("#sent-summary"), "sent.nothing");
    setText(find("#sent-count"), "sent.none");
    find("#sent").addEventListener("toggle", () => this.#show());
  }

  /**
   * Given to the kit in place of fetch.
   * @type {typeof globalThis.fetch}
   */
  fetch = (url, request) => {
    if (request?.method === "PUT") {
      const body = /** @type {string | Uint8Array<ArrayBuffer>} */ (request.body);
      this.#last = { method: request.method, url: new URL(String(url)), body };
      this.#sent = { messages: this.#sent.messages + 1, bytes: this.#sent.bytes + new Blob([body]).size };
      this.#show();
    }
    return fetch(url, request);
  };

  /** @param {import("../cepstra.js").Cepstra} voice whose microphone is followed, and who is told what to send */
  follow(voice) {
    followChoice(voice);
    listenTo(voice, {
      level: (level) => {
        this.#map.push(level.frames);
        this.#track.push(level);
      },
    });
  }

  #show() {
    if (!this.#last) {
      return;
    }
    const { method, url, body } = this.#last;
    const { messages, bytes } = this.#sent;
    setText(find("#sent-count"), "sent.count", { count: messages, size: decimal(bytes / 1000) });
    const size = decimal(new Blob([body]).size / 1000);
    setText(find("#sent-summary"), "sent.summary", { method, path: url.pathname, size });
    if (find("#sent", HTMLDetailsElement).open) {
      this.#inspector.show(this.#last);
    }
  }
}
