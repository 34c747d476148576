/**
 * The first minute: speak and see what leaves, agree, five digits, "it knows you", verify, hand it to somebody else.
 * Each step has its words at STEP.title and STEP.lead, and up to three buttons.
 */
import { newTakeName } from "../message.js";
import { ALL_DIGITS, missingDigits, shuffle } from "../prompting.js";
import { ConsentForm } from "./consent-form.js";
import { DropZone } from "./drop-zone.js";
import { find } from "./elements.js";
import { clearText, decimal, hasWords, likelihood, setText, text, toSay } from "./i18n.js";
import { PromptView } from "./prompt-view.js";
import { whileBusy } from "./recording-session.js";
import { Strengthening, usualDevice } from "./strengthening.js";
import { clearVerdict, isOfVoice, outcomeOf, showVerdict, wordsOfAttempt } from "./verdict.js";
import { Visit } from "./visit.js";
import { CONSENT_VERSION, forgetTakes, hasNoConsent, hasNoTakes, isDeleted, learnDigits, learnRecordings } from "./voice-learning.js";

/** @typedef {import("../api-client.js").Status} Status */
/** @typedef {import("../api-client.js").Message} Message */
/** @typedef {"hello" | "consent" | "learn" | "known" | "verdict" | "other" | "stronger"} Step */

const DIGITS_TO_LEARN = 5;
const DIGITS_TO_VERIFY = 3;

/** @type {Record<Step, {main?: string, next?: string, more?: string, idle: string, to?: Step}>} words of the buttons, and where "next" leads */
const STEPS = {
  hello: { main: "hello.start", next: "hello.next", idle: "hello.idle", to: "consent" },
  consent: { next: "other.back", idle: "hello.idle" },
  learn: { main: "learn.start", next: "learn.anew", idle: "learn.idle" },
  known: { main: "verify.start", next: "stronger.open", idle: "verify.idle", to: "stronger" },
  verdict: { main: "verify.again", next: "other.open", more: "stronger.open", idle: "verify.idle", to: "other" },
  other: { main: "verify.start", next: "other.back", idle: "verify.idle", to: "known" },
  stronger: { main: "learn.start", next: "stronger.done", idle: "learn.idle", to: "known" },
};

const screen = find("#voice");
const title = find("#voice-title");
const lead = find("#voice-lead");
const verdict = find("#voice-verdict");
const [main, next, more, manner] = ["start", "next", "more", "manner"].map((name) => find(`#voice-${name}`, HTMLButtonElement));
const attemptName = find("#attempt-name", HTMLInputElement);

export class VoiceScreen {
  #voice;
  #session;
  #tools;
  #handlers;
  #hopS;
  #view = new PromptView(find("#voice-stage"), "hello.idle", main);
  #visit = new Visit();
  #consent;
  #strengthening;
  #zone;
  /** @type {Step} */
  #step = "hello";
  /** @type {Status | null} */
  #status = null;
  /** @type {Message[]} read from files before there was consent */
  #pending = [];
  #isFree = false;

  /**
   * @param {import("./screens.js").ScreenTools} tools
   * @param {object} handlers
   * @param {() => Promise<void>} handlers.onChange told when the service keeps something else; shows its status
   * @param {(name: string) => Promise<Status>} handlers.onName told who it is
   */
  constructor({ voice, session, frontend }, handlers) {
    this.#tools = { voice, session };
    this.#voice = voice;
    this.#session = session;
    this.#handlers = handlers;
    this.#hopS = frontend.hop_samples / frontend.sample_rate_hz;
    this.#consent = new ConsentForm(voice, {
      onAgree: (name) => this.#agree(name),
      onKnown: async (name) => this.begin(await handlers.onName(name)),
    });
    this.#strengthening = new Strengthening(voice, {
      onChange: handlers.onChange,
      onRetake: (digit) => this.#strengthen([digit]),
    });
    this.#zone = new DropZone(find("#voice-drop"), "verify.files", {
      purpose: () => (this.#isLearning ? "enrolment" : "verification"),
      frontend,
      onBegin: () => this.#beginFile(),
      onRecording: ({ messages }) => this.#takeFile(messages),
    });
    main.addEventListener("click", () => (session.isActive ? session.press() : this.#go()));
    next.addEventListener("click", () => this.#goNext());
    more.addEventListener("click", () => session.stop().then(() => this.show("stronger")));
    manner.addEventListener("click", () => this.#changeManner());
    attemptName.addEventListener("keydown", ({ key }) => key === "Enter" && !session.isActive && this.#verify());
    this.show("hello", { takesFocus: false }); // until it is known who is there, or the server answers
  }

  /** @param {Status | null} status of who is at the page; null: nobody is known to be there */
  begin(status) {
    this.#visit.clear();
    this.#zone.clear();
    this.#pending = [];
    this.#isFree = false;
    this.#consent.suggest(status?.alias ?? "");
    this.update(status);
    const isBegun = status?.consent && status.training_log.length;
    this.show(isBegun ? (this.#isKnown ? "known" : "learn") : "hello", { takesFocus: false });
  }

  /** @param {Status | null} status whose takes are shown; the step stays */
  update(status) {
    this.#status = status;
    this.#strengthening.show(status);
    this.#showMeasure();
  }

  get #digits() {
    return new Set(this.#status?.training_log.flatMap(({ digit }) => (digit === null ? [] : [digit])));
  }

  get #isKnown() {
    return this.#status?.training_log.some(({ digit }) => digit === null) || this.#digits.size >= DIGITS_TO_LEARN;
  }

  /** By free speech: as the person wishes, and where too few digits are known to be asked for. */
  get #isBySpeech() {
    return this.#isFree || this.#digits.size < DIGITS_TO_VERIFY;
  }

  get #isLearning() {
    return ["hello", "consent", "learn", "stronger"].includes(this.#step);
  }

  /**
   * @param {Step} step
   * @param {{takesFocus?: boolean}} [options] false where nobody pressed a button
   */
  show(step, { takesFocus = true } = {}) {
    this.#step = step;
    screen.dataset.step = step;
    this.#offer(STEPS[step]);
    this.#recommend(step === "verdict" ? next : main);
    if (!this.#session.isActive) {
      this.#view.rest();
    }
    this.#view.isHidden = step === "verdict" || step === "consent";
    if (step !== "verdict") {
      clearVerdict(verdict);
    }
    this.#consent.show(step === "consent");
    find("#attempt-field").hidden = step !== "other";
    find("#stronger").hidden = step !== "stronger";
    this.#zone.invite(this.#isLearning ? "learn.files" : "verify.files");
    this.#showMeasure();
    if (takesFocus) {
      (step === "other" ? attemptName : title).focus();
    }
  }

  /** @param {{main?: string, next?: string, more?: string}} words of the buttons */
  #offer(words) {
    for (const [name, button] of Object.entries({ main, next, more })) {
      const key = words[/** @type {keyof typeof words} */ (name)];
      button.hidden = key === undefined;
      if (key) {
        setText(button, key);
      }
    }
  }

  /** @param {HTMLButtonElement} button that leads on */
  #recommend(button) {
    [main, next].forEach((each) => each.classList.toggle("primary", each === button));
    [main, next].forEach((each) => each.classList.toggle("quiet", each !== button));
  }

  /** What there is, and what is asked for, in the words of the step. */
  #showMeasure() {
    const canChoose = this.#digits.size >= DIGITS_TO_VERIFY;
    this.#showWords(canChoose ? "free" : "recording");
    next.hidden = !STEPS[this.#step].next || (this.#step === "learn" && this.#digits.size === 0);
    manner.hidden = !["known", "verdict", "other"].includes(this.#step) || !canChoose;
    setText(manner, this.#isFree ? "verify.byDigits" : "verify.bySpeech");
    if (!this.#session.isActive) {
      const { done, total } = this.#measure();
      this.#view.progress(Math.min(1, done / total));
    }
  }

  /** @param {"free" | "recording"} speech why free speech is asked for, where it is */
  #showWords(speech) {
    const values = { speaker: this.#voice.speaker, done: this.#digits.size, count: DIGITS_TO_LEARN };
    const isBySpeech = ["known", "other"].includes(this.#step) && this.#isBySpeech;
    const variant = isBySpeech ? speech : this.#strengthening.isOfOneDay && "oneDay";
    const key = [`${this.#step}.lead.${variant}`, `${this.#step}.lead`].find(hasWords);
    setText(title, `${this.#step}.title`, values);
    clearText(lead);
    if (key) {
      setText(lead, key, values);
    }
    this.#view.idle = isBySpeech ? "stage.speak" : STEPS[this.#step].idle;
  }

  /** @returns {{done: number, total: number}} what the ring shows */
  #measure() {
    if (this.#step === "stronger") {
      return this.#strengthening.measure;
    }
    return this.#step === "learn" ? { done: this.#digits.size, total: DIGITS_TO_LEARN } : { done: 0, total: DIGITS_TO_VERIFY };
  }

  #go() {
    this.#zone.clear(); // what it tells is of an earlier attempt
    const acts = { hello: () => this.#look(), learn: () => this.#learn(), stronger: () => this.#strengthen() };
    return (acts[/** @type {keyof typeof acts} */ (this.#step)] ?? (() => this.#verify()))();
  }

  async #goNext() {
    await this.#session.stop();
    if (this.#step === "learn") {
      return whileBusy(next, () => this.#strengthening.forgetAll().then((isAgreed) => void (isAgreed && this.#learn())));
    }
    if (this.#step === "consent") {
      this.#pending = [];
      this.#zone.clear();
    }
    this.show(STEPS[this.#step].to ?? "hello");
  }

  async #changeManner() {
    await this.#session.stop();
    this.#isFree = !this.#isFree;
    this.show(this.#step === "verdict" ? "known" : this.#step, { takesFocus: false });
  }

  /** Speech is shown and counted, and nothing is sent. */
  #look() {
    let frames = 0;
    const [digit] = shuffle(ALL_DIGITS);
    return this.#session.run({ view: this.#view, button: main }, async (signal) => {
      this.#view.show("listening", { line: "hello.speak", values: { digit: toSay(digit) }, digit });
      for (;;) {
        const { mfcc } = await this.#voice.recordSpeech({ seconds: this.#hopS, signal });
        frames += mfcc.length;
        this.#view.progress(0);
        this.#view.note("good", "hello.seen", { seconds: decimal(frames * this.#hopS), numbers: 20 * frames });
        this.#recommend(next);
      }
    });
  }

  /** @param {string} name */
  async #agree(name) {
    await this.#voice.client.consent(name, CONSENT_VERSION);
    await this.#handlers.onName(name);
    if (this.#step === "consent") {
      this.show("learn");
      void (this.#pending.length ? this.#learnFrom(this.#pending) : !screen.hidden && this.#learn());
    } // else another way was taken meanwhile
  }

  async #learn() {
    const missing = missingDigits(this.#status?.training_log ?? [], ALL_DIGITS, 1);
    const plan = missing.slice(0, Math.max(1, DIGITS_TO_LEARN - this.#digits.size));
    if ((await this.#enrol(plan, usualDevice())) && this.#isKnown) {
      this.show("known");
    }
  }

  /** @param {number[]} [plan] digits to say; what is missing */
  async #strengthen(plan = this.#strengthening.plan) {
    if ((await this.#enrol(plan, this.#strengthening.device)) && this.#strengthening.isComplete) {
      this.show("known");
    }
  }

  /**
   * @param {number[]} plan
   * @param {string} device
   */
  async #enrol(plan, device) {
    /** @type {import("./recording-session.js").Place} */
    const place = { view: this.#view, button: main, progress: this.#measure() };
    const onTake = (/** @type {import("../cepstra.js").Take} */ { isKept, status, ...refused }) => {
      if (isKept && status) {
        place.idle = "learn.resume";
        this.#strengthening.settle(refused.digit);
        this.update({ .../** @type {Status} */ (this.#status), ...status });
      } else {
        this.#strengthening.refuse(refused);
      }
    };
    const { result, isGone } = await learnDigits(this.#tools, place, { plan, device, onTake });
    await (isGone ? this.#demandConsent() : this.#handlers.onChange());
    return isGone ? null : result;
  }

  /** Everything was deleted in another tab, and consent with it, or an operator gave another name. */
  async #demandConsent() {
    await this.#handlers.onChange();
    if (this.#status) {
      this.show("consent"); // else the person has left meanwhile
      this.#consent.show(true, "consent.again");
    }
  }

  async #verify() {
    if (this.#step === "verdict") {
      this.show("known", { takesFocus: false }); // the verdict is of the attempt before
    }
    const [isBySpeech, place] = [this.#isBySpeech, { view: this.#view, button: main }];
    const result = await this.#session.run(place, /** @returns {Promise<import("../api-client.js").Judgement>} */ (signal) => {
      void isDeleted(this.#tools, hasNoTakes).then((isGone) => (isGone ? this.#demandConsent() : undefined));
      if (!isBySpeech) {
        return this.#voice.verify({ digits: DIGITS_TO_VERIFY, signal });
      }
      this.#view.show("listening", { line: "stage.speak" });
      return this.#voice.verifySpeech({ signal });
    });
    if (result) {
      this.#conclude(result);
    }
  }

  /** @param {import("../api-client.js").Judgement} result */
  #conclude(result) {
    const { reason, llr, threshold, probability } = result;
    const speaker = this.#voice.speaker;
    const name = this.#step === "other" ? attemptName.value.trim() || text("visit.somebody") : speaker;
    const outcome = outcomeOf(result);
    this.#visit.add({ name, outcome, llr: isOfVoice(reason) ? llr : null, threshold });
    const [told, why] = wordsOfAttempt(result);
    this.show("verdict");
    showVerdict(verdict, {
      outcome,
      title: [told, { speaker }],
      reason: [why, { speaker, probability: likelihood(probability), opposite: likelihood(1 - (probability ?? 0)) }],
      scale: this.#visit.scale(),
    });
  }

  #beginFile() {
    if (this.#step === "verdict") {
      this.show("known", { takesFocus: false });
    }
    return this.#session.stop();
  }

  /** @param {Message[]} messages */
  async #takeFile(messages) {
    if (!this.#isLearning) {
      const { speaker, client } = this.#voice;
      const reply = await this.#session.send((signal) => client.score(speaker, messages[0], { signal }), { view: this.#view, button: main });
      if (reply) {
        this.#conclude(reply);
      }
    } else if (this.#status?.consent) {
      await this.#learnFrom(messages);
    } else {
      this.#pending = messages;
      this.show("consent");
    }
  }

  /** @param {Message[]} messages of free speech */
  async #learnFrom(messages) {
    const { speaker, client } = this.#voice;
    const device = this.#step === "stronger" ? this.#strengthening.device : usualDevice();
    const named = messages.map((message) => ({ ...message, device, take: newTakeName() }));
    if (await isDeleted(this.#tools, hasNoConsent)) {
      this.#pending = messages;
      return this.#demandConsent();
    }
    this.#pending = [];
    const learn = (/** @type {AbortSignal} */ signal) => learnRecordings(client, speaker, named, signal);
    const forget = () => forgetTakes(client, speaker, named.map(({ take }) => take)); // all of them, or none
    const isLearnt = await this.#session.send(learn, { view: this.#view, button: main }, forget);
    await this.#handlers.onChange();
    if (isLearnt) {
      this.show("known");
    }
  }
}
