/** Calls of the verification service. Every failure is an ApiError with a message for people. */

const SPEAKER_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** Whether the service accepts `name` as a speaker: 1..64 letters, digits, dots, underscores and hyphens. */
export function isSpeakerName(name) {
  return SPEAKER_NAME.test(name);
}

/**
 * `code` is the HTTP status, 0 when no answer came; `message`, `description` and `errors`
 * ({field: [texts]}) are the service's own words.
 */
export class ApiError extends Error {
  constructor({ code, message, description = "", errors = {} }, cause) {
    super(message, { cause });
    this.name = "ApiError";
    this.code = code;
    this.description = description;
    this.errors = errors;
  }

  /** True when another utterance may succeed: no answer, overload, a fault of the server, unusable frames. */
  get isTemporary() {
    return [0, 408, 422, 429].includes(this.code) || this.code >= 500;
  }

  /** Everything the service said, as sentences for a person. */
  get explanation() {
    const details = Object.entries(this.errors).map(([field, texts]) => `${field}: ${[texts].flat().join(" ")}`);
    return [this.message, this.description, ...details].filter(Boolean).join(" · ");
  }
}

function connectionError(cause) {
  const timedOut = cause.name === "TimeoutError";
  const message = timedOut ? "The server did not answer in time." : "The server cannot be reached.";
  return new ApiError({ code: 0, message, description: "Nothing was lost; try again." }, cause);
}

async function readJson(response) {
  try {
    return await response.json();
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) {
      throw connectionError(cause);
    }
    const message = `The server's answer (${response.status}) could not be understood.`;
    throw new ApiError({ code: response.ok ? 0 : response.status, message }, cause);
  }
}

export class ApiClient {
  #baseUrl;
  #timeoutMs;
  #fetch;
  #onSignedOut;
  #token = null; // of a signed-in person; kept nowhere else, so closing the page signs out

  /**
   * @param {string} baseUrl the service's root, an absolute URL
   * @param {object} [options]
   * @param {() => void} [options.onSignedOut] told when the service no longer takes the token
   */
  constructor(
    baseUrl,
    { timeoutMs = 15_000, fetch = globalThis.fetch.bind(globalThis), onSignedOut = () => {} } = {},
  ) {
    this.#baseUrl = baseUrl;
    this.#onSignedOut = onSignedOut;
    this.#timeoutMs = timeoutMs;
    this.#fetch = fetch;
  }

  train(speaker, message) {
    return this.#call("PUT", "train", { speaker, body: message });
  }

  test(speaker, message) {
    return this.#call("PUT", "test", { speaker, body: message });
  }

  score(speaker, message) {
    return this.#call("PUT", "score", { speaker, body: message });
  }

  /** @param {string} version names the text that the speaker agreed to */
  consent(speaker, version) {
    return this.#call("POST", "consent", { speaker, body: { version } });
  }

  status(speaker) {
    return this.#call("GET", "status", { speaker });
  }

  delete(speaker) {
    return this.#call("DELETE", "delete", { speaker });
  }

  /** How the caller stands: {auth: "on" | "off", speaker: name of the signed-in person or null}. */
  access() {
    return this.#call("GET", "session");
  }

  createAccount(name, password) {
    return this.#call("POST", "user", { body: { name, password } });
  }

  /** From here on calls are made as that person. */
  async signIn(name, password) {
    const { token } = await this.#call("POST", "session", { body: { name, password } });
    this.#token = token;
  }

  async signOut() {
    try {
      await this.#call("DELETE", "session");
    } finally {
      this.#token = null;
    }
  }

  #forgetToken() {
    if (this.#token !== null) {
      this.#token = null;
      this.#onSignedOut();
    }
  }

  async #call(method, path, { speaker, body } = {}) {
    const url = new URL(path, this.#baseUrl);
    if (speaker !== undefined) {
      url.searchParams.set("speaker", speaker);
    }
    const request = { method, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(this.#timeoutMs) };
    if (this.#token !== null) {
      request.headers.Authorization = `Bearer ${this.#token}`;
    }
    if (body !== undefined) {
      request.headers["Content-Type"] = "application/json";
      request.body = JSON.stringify(body);
    }
    const response = await this.#fetch(url, request).catch((cause) => {
      throw connectionError(cause);
    });
    const reply = await readJson(response);
    if (!response.ok) {
      if (response.status === 401) {
        this.#forgetToken();
      }
      throw new ApiError({ message: `The server refused (${response.status}).`, ...reply, code: response.status });
    }
    return reply;
  }
}
