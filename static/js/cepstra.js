/**
 * Voice verification for any web page: `const voice = new Cepstra({ url, token })`, then enrol(), verify(),
 * identify() or compare(). Sound stays in the browser; see docs/kit.md.
 */
import { ApiClient } from "./api-client.js";
import { attemptMessage, buildMessage, MAX_FRAMES } from "./message.js";
import { ALL_DIGITS, gather, hearSpeech, hearUtterance, missingDigits, shuffle } from "./prompting.js";
import { Enrolment } from "./enrolment.js";
import { asVerdict, reportMicrophone } from "./verdicts.js";
import { provideMeyda } from "./meyda-library.js";
import { sendWithRetry } from "./retry.js";
import { Recorder } from "./recorder.js";

export { CepstraError, ServiceError } from "./errors.js";
export { ALL_DIGITS } from "./prompting.js";
export { isSpeakerName } from "./names.js";
export { missingSupport } from "./microphone.js";

/** @typedef {import("./prompting.js").Prompt} Prompt */
/** @typedef {import("./prompting.js").Heard} Heard */
/** @typedef {import("./prompting.js").SpeakOptions} SpeakOptions */
/** @typedef {import("./enrolment.js").Take} Take */
/** @typedef {import("./enrolment.js").EnrolOptions} EnrolOptions */
/** @typedef {import("./verdicts.js").VerifyResult} VerifyResult */
/** @typedef {import("./verdicts.js").MicrophoneReport} MicrophoneReport */
/** @typedef {import("./api-client.js").Status} Status */
/** @typedef {import("./api-client.js").Identification} Identification */
/** @typedef {import("./api-client.js").Comparison} Comparison */
/** @typedef {import("./recorder.js").Frontend} Frontend */
/** @typedef {import("./recorder.js").CepstraEvents} CepstraEvents */
/** @typedef {import("./embedding/voice-watch.js").Profile} Profile */
/** @typedef {{signal?: AbortSignal}} Abortable */
/** @typedef {"frames" | "embedding"} Mode */
/** @typedef {import("./message.js").Message} Spoken */
/** @typedef {import("./embedding/offline-profile.js").KeepOptions} KeepOptions */

/** @typedef {{seconds?: number, signal?: AbortSignal}} SpeechOptions `seconds` of speech, 6 */

const DIGITS_OF_AN_ATTEMPT = 3;
/** More, for nobody is enrolled: of three a side, one voice is often not sure enough. */
export const DIGITS_OF_A_COMPARISON = 5;
const SPEECH_S = 6;

/** Dispatches CepstraEvents. */
export class Cepstra extends EventTarget {
  /** Whose voice it is; "default" means the speaker of the session. */
  speaker;
  /** @type {Mode} what is sent of a voice: frames, or what the network makes of them; challenges always send frames */
  mode;
  #client;
  #recorder;
  /** @type {import("./embedding/network.js").Network | null} */
  #network = null;

  /**
   * @param {object} [options]
   * @param {string} [options.url] of the service, or of a backend that forwards to it; the page's own
   * @param {string | null} [options.token] of a person's session
   * @param {string} [options.speaker]
   * @param {Mode} [options.mode]
   * @param {import("./features.js").Meyda} [options.meyda] the Meyda library, where it is not found by itself
   * @param {Frontend} [options.frontend] contents of frontend.json, where it is not to be loaded
   * @param {number} [options.timeoutMs] after which a call counts as unanswered
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {import("./microphone.js").Environment} [options.environment] the window; another one in tests
   */
  constructor({ url = "", token = null, speaker = "default", mode = "frames", meyda, ...options } = {}) {
    super();
    const { frontend, timeoutMs, fetch, environment } = options;
    this.speaker = speaker;
    this.mode = mode;
    if (meyda) {
      provideMeyda(meyda);
    }
    const onSignedOut = () => this.#tell("signedout");
    this.#client = new ApiClient(rootOf(url), { token, timeoutMs, fetch, onSignedOut });
    this.#recorder = new Recorder({
      frontend,
      environment,
      onLevel: (level) => this.#tell("level", level),
      onChange: (change) => this.#tell("microphone", change),
    });
  }

  /** Calls of the service that need no voice. */
  get client() {
    return this.#client;
  }

  get isMicrophoneOpen() {
    return this.#recorder.isOpen;
  }

  /** Native rate of the open microphone, null while it is closed. */
  get sampleRateHz() {
    return this.isMicrophoneOpen ? this.#recorder.sampleRateHz : null;
  }

  /**
   * Asks for the microphone and keeps it open from call to call. Without this every call opens and closes it.
   * @param {Abortable} [options]
   */
  openMicrophone({ signal } = {}) {
    return this.#recorder.open(signal);
  }

  /** Gives the microphone back and ends what is being recorded. */
  closeMicrophone() {
    return this.#recorder.close();
  }

  /**
   * Waits for a few words and says how they were recorded. Rejects with "nothing-heard" after 30 s.
   * @param {Abortable} [options]
   * @returns {Promise<MicrophoneReport>}
   */
  checkMicrophone({ signal } = {}) {
    return this.#recorder.use(signal, async (tools) => {
      const { measures } = await hearUtterance(tools.listen, { signal: tools.signal, onSilence: this.#onSilence });
      return reportMicrophone(measures, /** @type {number} */ (this.#recorder.sampleRateHz));
    });
  }

  /**
   * Asks for the digits that are missing, one after the other, and enrols each. Whatever was enrolled stays when
   * this rejects; calling again goes on with what is missing.
   * @param {EnrolOptions} [options]
   * @returns {Promise<{takes: Take[], status: Status}>} the takes of this call, and the service's status afterwards
   */
  async enrol({ consent, plan, digits = ALL_DIGITS, takesPerDigit = 2, device, ...options } = {}) {
    const { signal, onPrompt, onTake, mode = this.mode } = options;
    const { speaker } = this;
    if (consent !== undefined) {
      await this.#client.consent(speaker, consent, { signal });
    }
    const status = await this.#client.status(speaker, { signal });
    const taken = status.training_log.filter((take) => device === undefined || take.device === device);
    const asked = plan ?? missingDigits(taken, digits, takesPerDigit);
    const takes = await this.#recorder.use(signal, (tools) =>
      new Enrolment({
        plan: asked,
        listen: tools.listen,
        signal: tools.signal,
        onPrompt: (prompt) => this.#report("prompt", prompt, onPrompt),
        onTake: (take) => this.#report("take", take, onTake),
        drop: (id) => this.#client.deleteTake(speaker, id),
        onSilence: this.#onSilence,
        send: async (utterance, digit, take) => {
          const said = await this.prepared(buildMessage(utterance.frames, tools.frontend, digit), { mode, ...tools });
          const message = { ...said, device, take, ...("mfcc" in said ? { check_digit: true } : {}) };
          return this.#send(tools.signal, () => this.#client.train(speaker, message));
        },
      }).run(),
    );
    return { takes, status: await this.#client.status(speaker, { signal }) };
  }

  /**
   * Forgets one take, as if it had never been enrolled.
   * @param {string} id
   * @param {Abortable} [options]
   */
  dropTake(id, options) {
    return this.#client.deleteTake(this.speaker, id, options);
  }

  /**
   * Asks for the random digits of a challenge and has the answer judged.
   * @param {SpeakOptions & {digits?: number}} [options] `digits`: how many, within what the service allows
   * @returns {Promise<VerifyResult>}
   */
  async verify({ digits, signal, ...callbacks } = {}) {
    const { speaker } = this;
    return this.#recorder.use(signal, async (tools) => {
      const challenge = await this.#send(tools.signal, () =>
        this.#client.challenge(speaker, { digits, signal: tools.signal }),
      );
      const message = await this.#speak(challenge.digits, tools, callbacks);
      const answer = { ...message, challenge: challenge.challenge };
      const reply = await this.#send(tools.signal, () => this.#client.score(speaker, answer, { signal: tools.signal }));
      return asVerdict(reply, challenge);
    });
  }

  /**
   * Listens to free speech and has it judged: for voices that were learnt from recordings, too. What was said is no
   * answer to a challenge, so there is no assertion, and a recording of the voice would do.
   * @param {SpeechOptions} [options]
   * @returns {Promise<import("./api-client.js").Score>}
   */
  verifySpeech(options = {}) {
    const { speaker } = this;
    return this.#recorder.use(options.signal, async (tools) => {
      const message = await this.prepared(await this.#listen(tools, options), tools);
      return this.#send(tools.signal, () => this.#client.score(speaker, message, { signal: tools.signal }));
    });
  }

  /**
   * Listens to free speech and sends nothing.
   * @param {SpeechOptions} [options]
   * @returns {Promise<Spoken>}
   */
  recordSpeech(options = {}) {
    return this.#recorder.use(options.signal, (tools) => this.#listen(tools, options));
  }

  /**
   * @param {{listen: import("./prompting.js").Listen, signal: AbortSignal, frontend: Frontend}} tools
   * @param {SpeechOptions} options
   */
  async #listen({ listen, signal, frontend }, { seconds = SPEECH_S }) {
    const wanted = Math.min(MAX_FRAMES, (seconds * frontend.sample_rate_hz) / frontend.hop_samples);
    const onSpeech = (/** @type {number} */ share, /** @type {import("./verdicts.js").Verdict} */ verdict) =>
      this.#tell("speech", { share, verdict });
    const frames = await hearSpeech(wanted, { listen, signal, onSpeech, onSilence: this.#onSilence });
    return buildMessage(frames.slice(0, MAX_FRAMES), frontend);
  }

  /**
   * Asks for digits and finds out who of everybody enrolled says them.
   * @param {SpeakOptions & {digits?: number, top?: number}} [options]
   * @returns {Promise<Identification>}
   */
  identify({ digits = DIGITS_OF_AN_ATTEMPT, top, signal, ...callbacks } = {}) {
    return this.#recorder.use(signal, async (tools) => {
      const spoken = await this.#speak(shuffle(ALL_DIGITS).slice(0, digits), tools, callbacks);
      const message = await this.prepared(spoken, tools);
      return this.#send(tools.signal, () => this.#client.identify(message, { top, signal: tools.signal }));
    });
  }

  /**
   * Asks for digits and sends nothing: the message is for whoever sends it by `client`.
   * @param {SpeakOptions & {digits?: number, plan?: readonly number[]}} [options] `plan`: exactly these
   * @returns {Promise<Spoken>}
   */
  record({ digits = DIGITS_OF_AN_ATTEMPT, plan, signal, ...callbacks } = {}) {
    const asked = plan ?? shuffle(ALL_DIGITS).slice(0, digits);
    return this.#recorder.use(signal, (tools) => this.#speak(asked, tools, callbacks));
  }

  /**
   * Asks for digits twice and finds out whether both were one voice. Prompts tell the `part`, 1 or 2.
   * @param {SpeakOptions & {digits?: number}} [options]
   * @returns {Promise<Comparison>}
   */
  compare({ digits = DIGITS_OF_A_COMPARISON, signal, onPrompt, onHeard } = {}) {
    return this.#recorder.use(signal, async (tools) => {
      const messages = [];
      for (const part of [1, 2]) {
        const callbacks = {
          onPrompt: (/** @type {Prompt} */ prompt) => onPrompt?.({ ...prompt, part }),
          onHeard: (/** @type {Heard} */ heard) => onHeard?.({ ...heard, part }),
        };
        const spoken = await this.#speak(shuffle(ALL_DIGITS).slice(0, digits), tools, callbacks);
        messages.push(await this.prepared(spoken, tools));
      }
      const [first, second] = messages;
      return this.#send(tools.signal, () => this.#client.compare(first, second, { signal: tools.signal }));
    });
  }

  /**
   * Tells while somebody talks, by `ratio`, `same`, `changed` and `silence`, whether it is still the same voice, until
   * it is aborted. All of it is computed here and nothing is sent.
   * @param {{profile?: Profile, onReady?: () => unknown, signal?: AbortSignal}} [options] `profile`: of the voice that is
   *   expected, from profile(), else learnt from the first three seconds of speech; `onReady`: told when it listens
   * @returns {Promise<never>}
   */
  async watch({ profile, onReady, signal } = {}) {
    return this.#recorder.use(signal, async (tools) => {
      const { followUntil } = await import("./embedding/watching.js"); // in here: a microphone that is lost ends it
      const network = await this.#useNetwork();
      const follow = await network.follower({ profile, signal: tools.signal, tell: (type, detail) => this.#tell(type, detail) });
      onReady?.();
      return followUntil(follow, this, tools.signal);
    });
  }

  /**
   * What messages say of a voice, for watch(): those of recordSpeech(), or takes of `client.export()`.
   * @param {readonly {mfcc?: readonly (readonly number[])[] | null}[]} messages
   * @param {Abortable} [options]
   * @returns {Promise<Profile>}
   */
  async profile(messages, { signal } = {}) {
    return (await this.#useNetwork()).profile(messages, signal);
  }

  /**
   * A message of record() or recordSpeech() as it is to be sent by `client`: itself or, in the mode "embedding", what
   * the network makes of it.
   * @param {Spoken} message
   * @param {Abortable & {mode?: Mode}} [options]
   * @returns {Promise<import("./api-client.js").Message>}
   */
  async prepared(message, { mode = this.mode, signal } = {}) {
    return mode === "frames" ? message : (await this.#useNetwork()).embedded(message, signal);
  }

  /**
   * Keeps the speaker's voice in this browser, sealed with a passphrase: for openProfile(), without a service.
   * @param {string} passphrase
   * @param {KeepOptions} [options] `takes`, or messages, in place of those that are enrolled
   */
  async keepProfile(passphrase, { takes, falseAcceptRate, signal } = {}) {
    const { speaker } = this;
    const { keepProfile } = await import("./embedding/offline-profile.js");
    const theirs = takes ?? (await this.#client.export(speaker, { signal })).takes;
    await keepProfile(this.#client, { speaker, passphrase, takes: theirs, falseAcceptRate, signal });
    await this.#recorder.prepare(signal);
  }

  /**
   * The kept voice of the speaker, to verify() speech by; nothing is asked of the service.
   * @param {string} passphrase
   */
  async openProfile(passphrase) {
    const hear = (/** @type {SpeechOptions} */ options) => this.recordSpeech(options);
    return (await import("./embedding/offline-profile.js")).openProfile({ speaker: this.speaker, passphrase, hear });
  }

  /** Of the speaker's voice that is kept in this browser {speaker, keptAt}, null where there is none. */
  async keptProfile() {
    return (await import("./embedding/offline-profile.js")).keptProfile(this.speaker);
  }

  /** Forgets the kept voice of the speaker; false where there was none. */
  async removeProfile() {
    return (await import("./embedding/offline-profile.js")).removeProfile(this.speaker);
  }

  async #useNetwork() {
    const { Network } = await import("./embedding/network.js");
    return (this.#network ??= new Network(this.#client));
  }

  /**
   * One message of digits that are asked for one after the other.
   * @param {readonly number[]} digits
   * @param {{listen: import("./prompting.js").Listen, signal: AbortSignal, frontend: Frontend}} tools
   * @param {Pick<SpeakOptions, "onPrompt" | "onHeard">} callbacks
   */
  async #speak(digits, { listen, signal, frontend }, { onPrompt, onHeard }) {
    const spoken = await gather(digits, {
      listen,
      signal,
      onPrompt: (prompt) => this.#report("prompt", prompt, onPrompt),
      onHeard: (heard) => this.#report("heard", heard, onHeard),
      onSilence: this.#onSilence,
    });
    return attemptMessage(spoken, frontend);
  }

  #onSilence = (/** @type {import("./prompting.js").Silence} */ silence) => this.#recorder.isSpeech || this.#tell("silence", silence);

  /**
   * @template T
   * @param {AbortSignal} signal
   * @param {() => Promise<T>} send
   */
  #send(signal, send) {
    this.#tell("sending");
    return sendWithRetry(send, {
      signal,
      onOutage: (outage) => this.#tell("outage", outage),
      onRecovered: () => this.#tell("recovered"),
    });
  }

  /**
   * @template {"prompt" | "heard" | "take"} Type
   * @param {Type} type
   * @param {CepstraEvents[Type]} detail
   * @param {((detail: CepstraEvents[Type]) => unknown) | undefined} callback
   */
  #report(type, detail, callback) {
    this.#tell(type, detail);
    return callback?.(detail);
  }

  /**
   * @template {keyof CepstraEvents} Type
   * @param {Type} type
   * @param {CepstraEvents[Type]} [detail]
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {string} url */
function rootOf(url) {
  const base = globalThis.document?.baseURI;
  if (url === "" && base === undefined) {
    throw new TypeError("expected the url of the service, got none");
  }
  return url === "" ? new URL(String(base)) : new URL(url.replace(/\/*$/, "/"), base);
}
