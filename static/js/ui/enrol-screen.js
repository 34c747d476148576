/** Enrolment, guided: agree, check the microphone, say the digits, done; then perhaps another device. */
import { ALL_DIGITS, missingDigits } from "../digits.js";
import { phrase } from "./amounts.js";
import { announce } from "./announcer.js";
import { ask } from "./dialogs.js";
import { DropZone } from "./drop-zone.js";
import { showStep } from "./enrol-steps.js";
import { showFailure } from "./failures.js";
import { showFindings } from "./microphone-findings.js";
import { watchName } from "./speaker-field.js";
import { Stage } from "./stage.js";
import { TakeList } from "./take-list.js";
import { say } from "./words.js";

/** Names the wording of consent.* in strings/; another wording needs another name. */
const CONSENT_VERSION = "page-2";

const FIRST_DEVICE_TAKES = 2; // of each digit
const OTHER_DEVICE_TAKES = 1;

const at = (id) => document.getElementById(id);

function usualDevice() {
  return navigator.userAgentData?.mobile || /Mobi/.test(navigator.userAgent) ? "phone" : "computer";
}

export class EnrolScreen {
  #voice;
  #speaking;
  #onChange;
  #status = null;
  #device = usualDevice();
  #checkStage = new Stage(at("check-stage"), "check.idle");
  #stage = new Stage(at("enrol-stage"), "enrol.idle");
  #takes = new TakeList(at("takes"), { onRetake: (take) => this.#retake(take), onDrop: (take) => this.#drop(take) });

  /** @param {() => Promise<void>} onChange told when the service keeps something else; shows its status */
  constructor({ voice, speaking, frontend, wanted }, onChange) {
    this.#voice = voice;
    this.#speaking = speaking;
    this.#onChange = onChange;
    voice.addEventListener("take", ({ detail }) => this.#follow(detail));
    at("enrol-agree").addEventListener("submit", (event) => this.#agree(event));
    at("check-start").addEventListener("click", () => this.#toggle(() => this.#check()));
    at("check-continue").addEventListener("click", () => showStep("speak"));
    at("check-skip").addEventListener("click", () => showStep("speak"));
    at("enrol-start").addEventListener("click", () => this.#toggle(() => this.#enrol()));
    at("enrol-finish").addEventListener("click", () => this.#finish());
    at("more-takes").addEventListener("click", () => showStep("speak"));
    at("another-device").addEventListener("click", () => this.#addDevice());
    at("device").value = this.#device;
    new DropZone(at("enrol-drop"), {
      words: "enrol.files",
      purpose: "enrolment",
      frontend,
      wanted,
      onRecording: ({ messages, warnings }) => this.#learn(messages, warnings),
    });
    watchName(at("device"), at("device-note"), (name) => this.#changeDevice(name), usualDevice());
  }

  /** @param {object} status of the speaker; chooses the step */
  begin(status) {
    this.#takes.clear();
    this.#device = status.devices.find(({ device }) => device !== null)?.device ?? usualDevice();
    at("device").value = this.#device;
    at("consent-box").checked = false;
    at("findings").hidden = at("check-continue").hidden = true;
    at("check-start").classList.replace("quiet", "primary");
    this.update(status);
    const step = status.consent ? (this.#missing().length ? "check" : "done") : "agree";
    showStep(step, { takesFocus: false });
  }

  /** @param {object} status whose takes are shown; the step stays */
  update(status) {
    this.#status = status;
    const kept = this.#kept();
    const [done, total] = [kept.length, ALL_DIGITS.length * this.#takesPerDigit()];
    at("enrol-progress").max = total;
    at("enrol-progress").value = Math.min(done, total);
    say(at("enrol-count"), "enrol.count", { done, total });
    at("enrol-finish").hidden = done === 0;
    this.#takes.show(kept);
    const devices = phrase("done.devices", { count: status.devices.length });
    say(at("done-summary"), "done.summary", { count: status.training_log.length, devices });
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

  #toggle(begin) {
    return this.#speaking.isActive ? this.#speaking.stop() : begin();
  }

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
    const place = { stage: this.#checkStage, button: at("check-start"), idle: "check.again" };
    const report = await this.#speaking.run(place, (signal) => {
      this.#checkStage.show("listening", { line: "check.speak" });
      return this.#voice.checkMicrophone({ signal });
    });
    if (report) {
      const isGood = showFindings(at("findings"), report);
      say(at("check-continue"), isGood ? "action.continue" : "check.anyway");
      at("check-continue").hidden = false;
      at("check-start").classList.replace("primary", "quiet");
      at("check-continue").focus();
    }
  }

  async #enrol(plan = this.#missing()) {
    const more = plan.length ? plan : missingDigits([], ALL_DIGITS, 1); // enough is there, but more was asked for
    const place = { stage: this.#stage, button: at("enrol-start"), idle: "enrol.resume" };
    const options = { plan: more, device: this.#device };
    const result = await this.#speaking.run(place, (signal) => this.#voice.enrol({ ...options, signal }));
    await this.#onChange();
    if (result && !this.#missing().length) {
      showStep("done");
    }
    return result;
  }

  /** Free speech of a file; where it is long enough, the voice is known. */
  async #learn(messages, warnings) {
    const { speaker, client } = this.#voice;
    const train = (message) => (signal) => client.train(speaker, { ...message, device: this.#device }, { signal });
    for (const message of messages) {
      if (!(await this.#speaking.send(train(message)))) {
        return;
      }
    }
    await this.#onChange();
    if (warnings.every(({ code }) => code !== "little-speech")) {
      showStep("done");
    }
  }

  /** Shows a take as soon as it is known, before the round has ended. */
  #follow({ isKept, status, digit, verdict }) {
    if (isKept) {
      this.#takes.settle(digit);
      this.update({ ...this.#status, ...status });
    } else {
      this.#takes.refuse({ digit, verdict });
      this.#takes.show(this.#kept());
    }
  }

  /** The old take goes when the new one is there, so that nothing is lost in between. */
  async #retake({ take, digit }) {
    await this.#speaking.stop();
    if (await this.#enrol([digit])) {
      await this.#forget(take);
    }
  }

  async #drop({ take, digit }) {
    if (await ask("drop", { digit })) {
      await this.#forget(take);
      announce("take.dropped");
      at("enrol-start").focus();
    }
  }

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

  #changeDevice(name) {
    this.#device = name;
    this.#takes.clear();
    this.update(this.#status);
  }

  #addDevice() {
    showStep("check");
    at("device").value = "";
    at("device").focus();
  }
}
