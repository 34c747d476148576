/** Calls of the verification service. Every failure is a ServiceError. */
import { packJson } from "./message.js";
import { ServiceError } from "./errors.js";

/** @typedef {import("./message.js").Message | import("./embedding/network.js").EmbeddingMessage} Message */
/** @typedef {{signal?: AbortSignal}} CallOptions */
/** @typedef {string | string[]} Path a list of words and names where a name is part of it */
/** @typedef {CallOptions & {speaker?: string, query?: Record<string, unknown>, body?: unknown, timeoutMs?: number}} CallDetails */

/**
 * Replies have the types of service.d.ts, which `make reference` makes of the service's own schemas.
 * @typedef {Record<string, any>} Reply
 * @typedef {import("./service.d.ts").Access} Access
 * @typedef {import("./service.d.ts").Identification} Identification
 * @typedef {import("./service.d.ts").InForce} InForce
 * @typedef {import("./service.d.ts").IntrusionTest} IntrusionTest
 * @typedef {import("./service.d.ts").SameVoice} Comparison
 * @typedef {import("./service.d.ts").Score} Score
 * @typedef {import("./service.d.ts").Scoring} ScoredAttempt
 * @typedef {import("./service.d.ts").Status} Status
 * @typedef {import("./service.d.ts").Taken} KeptTake
 * @typedef {import("./service.d.ts").Training} Training
 * @typedef {Score["decision"]} Decision
 * @typedef {Pick<Score, "decision" | "llr" | "threshold" | "probability"> & {reason?: string | null}} Judgement
 */

/**
 * @param {Response} response
 * @returns {Promise<Reply>}
 */
async function readJson(response) {
  try {
    return await response.json();
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) {
      throw ServiceError.ofConnection(/** @type {Error} */ (cause));
    }
    throw response.ok
      ? new ServiceError("server-garbled", { status: response.status, cause })
      : ServiceError.ofReply(response.status, {}, response.headers.get("Retry-After"));
  }
}

/**
 * The address below the service's root.
 * @param {Path} path
 * @throws {ServiceError} a name would lead to another address, as ".." does; cepstra/client/calls.py refuses it alike
 */
function pathOf(path) {
  if (typeof path === "string") {
    return path;
  }
  const at = path.findIndex((part) => ["", ".", ".."].includes(part));
  if (at > 0) {
    const description = `expected a name of a character or more, not '.' or '..', got '${path[at]}'`;
    throw ServiceError.ofReply(400, { description, errors: { [path[at - 1].replace(/s$/, "")]: [description] } });
  }
  return path.map(encodeURIComponent).join("/");
}

export class ApiClient {
  #baseUrl;
  #timeoutMs;
  #fetch;
  #onSignedOut;
  /**
   * The kit keeps it nowhere else.
   * @type {string | null}
   */
  #token;

  /**
   * @param {string | URL} baseUrl the service's root, an absolute URL
   * @param {object} [options]
   * @param {string | null} [options.token] of a person's session, or an API key
   * @param {number} [options.timeoutMs]
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {() => void} [options.onSignedOut] told when the service no longer takes the token
   */
  constructor(
    baseUrl,
    { token = null, timeoutMs = 15_000, fetch = globalThis.fetch.bind(globalThis), onSignedOut = () => {} } = {},
  ) {
    this.#baseUrl = baseUrl;
    this.#token = token;
    this.#onSignedOut = onSignedOut;
    this.#timeoutMs = timeoutMs;
    this.#fetch = fetch;
  }

  /**
   * @param {string} speaker
   * @param {Message} message
   * @param {CallOptions} [options]
   * @returns {Promise<Training>}
   */
  train(speaker, message, options) {
    return this.call("PUT", "train", { speaker, body: message, ...options });
  }

  /**
   * @param {string} speaker
   * @param {Message} message
   * @param {CallOptions} [options]
   */
  test(speaker, message, options) {
    return this.call("PUT", "test", { speaker, body: message, ...options });
  }

  /**
   * @param {string} speaker
   * @param {Message} message
   * @param {CallOptions} [options]
   * @returns {Promise<Score>}
   */
  score(speaker, message, options) {
    return this.call("PUT", "score", { speaker, body: message, ...options });
  }

  /**
   * Random digits to say: {challenge, digits, expires_at}.
   * @param {string} speaker
   * @param {CallOptions & {digits?: number}} [options] `digits`: how many
   */
  challenge(speaker, { digits, ...options } = {}) {
    return this.call("POST", "challenges", { speaker, query: { digits }, ...options });
  }

  /**
   * Who of everybody enrolled is speaking.
   * @param {Message} message
   * @param {CallOptions & {top?: number}} [options]
   * @returns {Promise<Identification>}
   */
  identify(message, { top, ...options } = {}) {
    return this.call("PUT", "identify", { query: { top }, body: message, ...options });
  }

  /**
   * A hundred speakers in order of name, those behind `after`: {speakers}.
   * @param {CallOptions & {after?: string, like?: string}} [options] `like`: only those whose names differ from it by
   *   case, accents or what is not seen
   */
  speakers({ after, like, ...options } = {}) {
    return this.call("GET", "speakers", { query: { after, like }, ...options });
  }

  /**
   * The same voice or not.
   * @param {Message} first
   * @param {Message} second
   * @param {CallOptions} [options]
   * @returns {Promise<Comparison>}
   */
  compare(first, second, options) {
    return this.call("PUT", "compare", { body: { first, second }, ...options });
  }

  /**
   * @param {string} speaker
   * @param {string} version names the text that the speaker agreed to
   * @param {CallOptions} [options]
   */
  consent(speaker, version, options) {
    return this.call("POST", "consent", { speaker, body: { version }, ...options });
  }

  /**
   * @param {string} speaker
   * @param {CallOptions} [options]
   * @returns {Promise<Status>}
   */
  status(speaker, options) {
    return this.call("GET", "status", { speaker, ...options });
  }

  /**
   * A speaker's own data: takes, logs, consent, audit entries.
   * @param {string} speaker
   * @param {CallOptions} [options]
   */
  export(speaker, options) {
    return this.call("GET", "export", { speaker, ...options });
  }

  /**
   * The speaker's own takes and those of others on the speaker's model: {results}, the own first.
   * @param {string} speaker
   * @param {CallOptions} [options]
   * @returns {Promise<IntrusionTest>}
   */
  intrusionTest(speaker, options) {
    return this.call("GET", "intrusionTest", { speaker, ...options });
  }

  /**
   * Forgets everything of the speaker.
   * @param {string} speaker
   * @param {CallOptions} [options]
   */
  delete(speaker, options) {
    return this.call("DELETE", "delete", { speaker, ...options });
  }

  /**
   * Forgets one take.
   * @param {string} speaker
   * @param {string} id
   * @param {CallOptions} [options]
   */
  deleteTake(speaker, id, options) {
    return this.call("DELETE", ["speakers", speaker, "takes", id], options);
  }

  /**
   * Forgets what one device gave.
   * @param {string} speaker
   * @param {string} device
   * @param {CallOptions} [options]
   */
  deleteDevice(speaker, device, options) {
    return this.call("DELETE", ["speakers", speaker, "devices", device], options);
  }

  /**
   * How the caller stands: {auth: "on" | "off", speaker: name of the signed-in person or null}.
   * @param {CallOptions} [options]
   * @returns {Promise<Access>}
   */
  access(options) {
    return this.call("GET", "session", options);
  }

  /**
   * @param {string} name
   * @param {string} password
   * @param {CallOptions & {invitation?: string}} [options] the invitation, where one is needed
   */
  createAccount(name, password, { invitation, ...options } = {}) {
    const body = { name, password, ...(invitation && { invitation }) };
    return this.call("POST", "user", { body, ...options });
  }

  /**
   * From here on calls are made as that person; the token it resolves to opens the session again until it ends.
   * @param {string} name
   * @param {string} password
   * @param {CallOptions} [options]
   * @returns {Promise<string>}
   */
  async signIn(name, password, options) {
    const { token } = await this.call("POST", "session", { body: { name, password }, ...options });
    this.#token = token;
    return token;
  }

  /**
   * Goes on with a session that was opened before.
   * @param {string | null} token
   */
  resume(token) {
    this.#token = token;
  }

  /**
   * The threshold that attempts are held to, and the shipped one.
   * @param {CallOptions} [options]
   * @returns {Promise<InForce>}
   */
  threshold(options) {
    return this.call("GET", "threshold", options);
  }

  /**
   * The same service, for the holder of another token.
   * @param {string} token
   */
  withToken(token) {
    return new ApiClient(this.#baseUrl, { token, timeoutMs: this.#timeoutMs, fetch: this.#fetch });
  }

  /** @param {CallOptions} [options] */
  async signOut(options) {
    try {
      await this.call("DELETE", "session", options);
    } finally {
      this.#token = null;
    }
  }

  /**
   * One file of the shipped network; no token is sent, for they are the same for everybody.
   * @param {string} name such as "tdnn-point.onnx"
   * @param {CallOptions} [options]
   */
  async networkFile(name, { signal } = {}) {
    try {
      const response = await this.#fetch(new URL(pathOf(["models", name]), this.#baseUrl), { signal });
      if (!response.ok) {
        throw ServiceError.ofReply(response.status, {}, response.headers.get("Retry-After"));
      }
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof ServiceError ? error : ServiceError.ofConnection(/** @type {Error} */ (error));
    }
  }

  #forgetToken() {
    if (this.#token !== null) {
      this.#token = null;
      this.#onSignedOut();
    }
  }

  /**
   * Any call of the service.
   * @template {Reply} [Told=Reply]
   * @param {string} method
   * @param {Path} path
   * @param {CallDetails} [what]
   * @returns {Promise<Told>}
   */
  async call(method, path, what) {
    return /** @type {Told} */ (await readJson(await this.send(method, path, what)));
  }

  /**
   * The same for what is no JSON.
   * @param {string} method
   * @param {Path} path
   * @param {CallDetails} [what]
   */
  async send(method, path, { speaker, query = {}, body, signal, timeoutMs = this.#timeoutMs } = {}) {
    const url = new URL(pathOf(path), this.#baseUrl);
    for (const [name, value] of Object.entries({ speaker, ...query })) {
      if (value !== undefined) {
        url.searchParams.set(name, String(value));
      }
    }
    const request = await this.#request(method, body, timeoutMs, signal);
    const response = await this.#fetch(url, request).catch((/** @type {Error} */ cause) => {
      signal?.throwIfAborted();
      throw ServiceError.ofConnection(cause);
    });
    if (response.ok) {
      return response;
    }
    const refusal = ServiceError.ofReply(response.status, await readJson(response), response.headers.get("Retry-After"));
    if (refusal.status === 401 || refusal.code === "session-old") {
      this.#forgetToken();
    }
    throw refusal;
  }

  /**
   * @param {string} method
   * @param {unknown} body
   * @param {number} timeoutMs
   * @param {AbortSignal | undefined} signal
   * @returns {Promise<RequestInit>}
   */
  async #request(method, body, timeoutMs, signal) {
    const timeout = AbortSignal.timeout(timeoutMs);
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    if (this.#token !== null) {
      headers.Authorization = `Bearer ${this.#token}`;
    }
    const packed = body === undefined ? null : await packJson(body);
    return {
      method,
      headers: { ...headers, ...packed?.headers },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      body: packed?.body,
    };
  }
}
