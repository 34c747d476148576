/** Enrolment, guided: agree, check the microphone, say the digits, done; then perhaps another device. */
import { ALL_DIGITS, missingDigits } from "../prompting.js";
import { phrase, setText } from "./i18n.js";
import { announce, showFailure } from "./alerts.js";
import { ask } from "./dialogs.js";
import { DropZone } from "./drop-zone.js";
import { find } from "./elements.js";
import { showStep } from "./enrol-steps.js";
import { showFindings } from "./microphone-findings.js";
import { watchName } from "./speaker-field.js";
import { PromptView } from "./prompt-view.js";
import { TakeList } from "./take-list.js";
import { listenTo } from "./recording-session.js";

/** @typedef {import("../api-client.js").KeptTake} KeptTake */
/** @typedef {import("../api-client.js").Message} Message */
/** @typedef {import("../api-client.js").Status} Status */

/** Names the wording of consent.* in strings/; another wording needs another name. */
const CONSENT_VERSION = "page-2";

const FIRST_DEVICE_TAKES = 2; // of each digit
const OTHER_DEVICE_TAKES = 1;

const deviceField = find("#device", HTMLInputElement);
const progress = find("#enrol-progress", HTMLProgressElement);

function usualDevice() {
  const { userAgentData } = /** @type {Navigator & {userAgentData?: {mobile: boolean}}} */ (navigator);
  return userAgentData?.mobile || /Mobi/.test(navigator.userAgent) ? "phone" : "computer";
}

export class EnrolScreen {
  #voice;
  #speaking;
  #onChange;
  /** @type {Pick<Status, "training_log" | "devices">} */
  #status = { training_log: [], devices: [] };
  #device = usualDevice();
  #checkStage = new PromptView(find("#check-stage"), "check.idle");
  #stage = new PromptView(find("#enrol-stage"), "enrol.idle");
  #takes = new TakeList(find("#takes"), { onRetake: (take) => this.#retake(take), onDrop: (take) => this.#drop(take) });

  /**
   * @param {import("./screens.js").ScreenTools} tools
   * @param {() => Promise<void>} onChange told when the service keeps something else; shows its status
   */
  constructor({ voice, speaking, frontend }, onChange) {
    this.#voice = voice;
    this.#speaking = speaking;
    this.#onChange = onChange;
    listenTo(voice, { take: (take) => this.#follow(take) });
    find("#enrol-agree").addEventListener("submit", (event) => this.#agree(event));
    find("#check-start").addEventListener("click", () => this.#toggle(() => this.#check()));
    find("#check-continue").addEventListener("click", () => showStep("speak"));
    find("#check-skip").addEventListener("click", () => showStep("speak"));
    find("#enrol-start").addEventListener("click", () => this.#toggle(() => this.#enrol()));
    find("#enrol-finish").addEventListener("click", () => this.#finish());
    find("#more-takes").addEventListener("click", () => showStep("speak"));
    find("#another-device").addEventListener("click", () => this.#addDevice());
    deviceField.value = this.#device;
    new DropZone(find("#enrol-drop"), {
      words: "enrol.files",
      purpose: "enrolment",
      frontend,
      onRecording: ({ messages, warnings }) => this.#learn(messages, warnings),
    });
    watchName(deviceField, find("#device-note"), (name) => this.#changeDevice(name), usualDevice());
  }

  /** @param {Status} status of the speaker; chooses the step */
  begin(status) {
    this.#takes.clear();
    this.#device = status.devices.find(({ device }) => device !== null)?.device ?? usualDevice();
    deviceField.value = this.#device;
    find("#consent-box", HTMLInputElement).checked = false;
    find("#findings").hidden = find("#check-continue").hidden = true;
    find("#check-start").classList.replace("quiet", "primary");
    this.update(status);
    const step = status.consent ? (this.#missing().length ? "check" : "done") : "agree";
    showStep(step, { takesFocus: false });
  }

  /** @param {Pick<Status, "training_log" | "devices">} status whose takes are shown; the step stays */
  update(status) {
    this.#status = status;
    const kept = this.#kept();
    const [done, total] = [kept.length, ALL_DIGITS.length * this.#takesPerDigit()];
    progress.max = total;
    progress.value = Math.min(done, total);
    setText(find("#enrol-count"), "enrol.count", { done, total });
    find("#enrol-finish").hidden = done === 0;
    this.#takes.show(kept);
    const devices = phrase("done.devices", { count: status.devices.length });
    setText(find("#done-summary"), "done.summary", { count: status.training_log.length, devices });
  }

  #kept() {
    return this.#status.training_log.filter((take) => take.device === this.#device);
  }

  #takesPerDigit() {
    const others = this.#status.devices.some(({ device }) => device !== this.#device);
    return others && this.#kept().length <= ALL_DIGITS.length ? OTHER_DEVICE_TAKES : FIRST_DEVICE_TAKES;
  }

  #missing() {
    return missingDigits(this.#kept(), ALL_DIGITS, this.#takesPerDigit());
  }

  /** @param {() => Promise<unknown>} begin */
  #toggle(begin) {
    return this.#speaking.isActive ? this.#speaking.stop() : begin();
  }

  /** @param {SubmitEvent} event */
  async #agree(event) {
    event.preventDefault();
    try {
      await this.#voice.client.consent(this.#voice.speaker, CONSENT_VERSION);
      await this.#onChange();
      showStep("check");
    } catch (error) {
      showFailure(error);
    }
  }

  async #check() {
    const place = { stage: this.#checkStage, button: find("#check-start"), idle: "check.again" };
    const report = await this.#speaking.run(place, (signal) => {
      this.#checkStage.show("listening", { line: "check.speak" });
      return this.#voice.checkMicrophone({ signal });
    });
    if (report) {
      const isGood = showFindings(find("#findings"), report);
      setText(find("#check-continue"), isGood ? "action.continue" : "check.anyway");
      find("#check-continue").hidden = false;
      find("#check-start").classList.replace("primary", "quiet");
      find("#check-continue").focus();
    }
  }

  async #enrol(plan = this.#missing()) {
    const more = plan.length ? plan : missingDigits([], ALL_DIGITS, 1); // enough is there, but more was asked for
    const place = { stage: this.#stage, button: find("#enrol-start"), idle: "enrol.resume" };
    const options = { plan: more, device: this.#device };
    const result = await this.#speaking.run(place, (signal) => this.#voice.enrol({ ...options, signal }));
    await this.#onChange();
    if (result && !this.#missing().length) {
      showStep("done");
    }
    return result;
  }

  /**
   * Free speech of a file; where it is long enough, the voice is known.
   * @param {Message[]} messages
   * @param {import("../files/read-recording.js").Warning[]} warnings
   */
  async #learn(messages, warnings) {
    const { speaker, client } = this.#voice;
    for (const message of messages) {
      const train = (/** @type {AbortSignal} */ signal) =>
        client.train(speaker, { ...message, device: this.#device }, { signal });
      if (!(await this.#speaking.send(train))) {
        return;
      }
    }
    await this.#onChange();
    if (warnings.every(({ code }) => code !== "little-speech")) {
      showStep("done");
    }
  }

  /**
   * Shows a take as soon as it is known, before the round has ended.
   * @param {import("../cepstra.js").Take} take
   */
  #follow({ isKept, status, digit, verdict }) {
    if (isKept) {
      this.#takes.settle(digit);
      this.update({ ...this.#status, ...status });
    } else {
      this.#takes.refuse({ digit, verdict });
      this.#takes.show(this.#kept());
    }
  }

  /**
   * The old take goes when the new one is there, so that nothing is lost in between.
   * @param {KeptTake & {digit: number}} entry
   */
  async #retake({ take, digit }) {
    await this.#speaking.stop();
    if (await this.#enrol([digit])) {
      await this.#forget(take);
    }
  }

  /** @param {KeptTake} entry */
  async #drop({ take, digit }) {
    if (await ask("drop", { digit })) {
      await this.#forget(take);
      announce("take.dropped");
      find("#enrol-start").focus();
    }
  }

  /** @param {string} take */
  async #forget(take) {
    try {
      await this.#voice.dropTake(take);
    } catch (error) {
      showFailure(error);
    }
    await this.#onChange();
  }

  async #finish() {
    await this.#speaking.stop();
    showStep("done");
  }

  /** @param {string} name */
  #changeDevice(name) {
    this.#device = name;
    this.#takes.clear();
    this.update(this.#status);
  }

  #addDevice() {
    showStep("check");
    deviceField.value = "";
    deviceField.focus();
  }
}
