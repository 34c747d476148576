/** What is sent: notes every request of the kit as it leaves, and shows the last message with frames. */
import { decimal } from "./amounts.js";
import { element } from "./elements.js";
import { say } from "./words.js";

const panel = document.getElementById("sent");
const summary = document.getElementById("sent-summary");
const body = document.getElementById("sent-body");

/** The JSON of a body, which may be gzipped. */
function unpacked(sent) {
  const isPlain = typeof sent === "string";
  return isPlain ? sent : new Response(new Blob([sent]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

export class SentPanel {
  #last = null;

  constructor() {
    say(summary, "sent.nothing");
    panel.addEventListener("toggle", () => this.#show());
  }

  /** Given to the kit in place of fetch. */
  fetch = (url, request) => {
    if (request.method === "PUT") {
      this.#last = { method: request.method, url: new URL(url), body: request.body };
      this.#show();
    }
    return fetch(url, request);
  };

  async #show() {
    if (!this.#last) {
      return;
    }
    const sent = this.#last;
    const size = decimal(new Blob([sent.body]).size / 1000);
    say(summary, "sent.summary", { method: sent.method, path: sent.url.pathname, size });
    if (panel.open) {
      const text = await unpacked(sent.body);
      body.replaceChildren(element("pre", {}, text.slice(0, 2000)));
    }
  }
}
