/** "Make it stronger": twenty digits on this device, its name, and the takes that are kept, to say anew or to drop. */
import { isDeviceName } from "../names.js";
import { ALL_DIGITS, missingDigits } from "../prompting.js";
import { showFailure, showNotice } from "./alerts.js";
import { find } from "./elements.js";
import { clearText, setText, toSay } from "./i18n.js";
import { ask } from "./dialogs.js";
import { TakeList } from "./take-list.js";

/** @typedef {import("../api-client.js").Status} Status */
/** @typedef {import("../api-client.js").KeptTake} KeptTake */

const FIRST_DEVICE_TAKES = 2; // of each digit
const OTHER_DEVICE_TAKES = 1;
const SITTING_MS = 12 * 3_600_000;

const deviceField = find("#device", HTMLInputElement);
const deviceNote = find("#device-note");

export function usualDevice() {
  const { userAgentData } = /** @type {Navigator & {userAgentData?: {mobile: boolean}}} */ (navigator);
  return userAgentData?.mobile || /Mobi/.test(navigator.userAgent) ? "phone" : "computer";
}

export class Strengthening {
  #voice;
  #handlers;
  #takes;
  /** @type {Status | null} */
  #status = null;
  #device = usualDevice();

  /**
   * @param {import("../cepstra.js").Cepstra} voice
   * @param {object} handlers
   * @param {() => Promise<void>} handlers.onChange told when the service keeps something else
   * @param {(digit: number) => Promise<unknown>} handlers.onRetake a digit is to be said anew
   */
  constructor(voice, handlers) {
    this.#voice = voice;
    this.#handlers = handlers;
    this.#takes = new TakeList(find("#takes"), {
      onRetake: (take) => this.#retake(take),
      onDrop: (take) => this.#drop(take),
    });
    deviceField.value = this.#device;
    deviceField.addEventListener("change", () => this.#changeDevice());
  }

  get device() {
    return this.#device;
  }

  /** How many takes of this device there are, and how many are wanted. */
  get measure() {
    return { done: this.#kept.length, total: ALL_DIGITS.length * this.#takesPerDigit };
  }

  /** Whether all takes are of one sitting, and that is over: some of another day are worth more than more of the same. */
  get isOfOneDay() {
    const times = (this.#status?.training_log ?? []).map(({ datetime }) => Date.parse(datetime));
    const [first, last] = [Math.min(...times), Math.max(...times)];
    return last - first < SITTING_MS && Date.now() - last > SITTING_MS;
  }

  get isComplete() {
    return this.#missing.length === 0;
  }

  /** Digits to say; where enough is there but more was asked for, one of each. */
  get plan() {
    return this.#missing.length ? this.#missing : missingDigits([], ALL_DIGITS, 1);
  }

  /** @param {Status | null} status */
  show(status) {
    this.#status = status;
    const { done, total } = this.measure;
    setText(find("#stronger-count"), "stronger.count", { done, total });
    this.#takes.show(this.#kept);
  }

  /** @param {import("./take-list.js").RefusedTake} take */
  refuse(take) {
    this.#takes.refuse(take);
    this.#takes.show(this.#kept);
  }

  /** @param {number} digit */
  settle(digit) {
    this.#takes.settle(digit);
  }

  /**
   * What was learnt wrongly in the beginning stands in the way of the right digits.
   * @returns {Promise<boolean>} whether the person agreed
   */
  async forgetAll() {
    const takes = this.#status?.training_log ?? [];
    if (takes.length > ALL_DIGITS.length && !(await ask("anew", { count: takes.length }))) {
      return false;
    }
    this.#takes.clear();
    try {
      for (const { take } of takes) {
        await this.#voice.dropTake(take);
      }
    } finally {
      await this.#handlers.onChange();
    }
    return true;
  }

  get #kept() {
    return (this.#status?.training_log ?? []).filter((take) => take.device === this.#device);
  }

  get #takesPerDigit() {
    const isOther = this.#status?.devices.some(({ device }) => device !== this.#device);
    return isOther && this.#kept.length <= ALL_DIGITS.length ? OTHER_DEVICE_TAKES : FIRST_DEVICE_TAKES;
  }

  get #missing() {
    return missingDigits(this.#kept, ALL_DIGITS, this.#takesPerDigit);
  }

  #changeDevice() {
    const name = deviceField.value.trim() || usualDevice();
    const isAccepted = isDeviceName(name);
    deviceField.setAttribute("aria-invalid", String(!isAccepted));
    if (!isAccepted) {
      setText(deviceNote, "device.wrong");
      return;
    }
    clearText(deviceNote);
    deviceField.value = this.#device = name;
    this.#takes.clear();
    this.show(this.#status);
  }

  /**
   * The old take goes when the new one is there, so that nothing is lost in between.
   * @param {KeptTake & {digit: number}} entry
   */
  async #retake({ take, digit }) {
    const before = this.#kept.length;
    await this.#handlers.onRetake(digit);
    if (this.#kept.length > before) {
      await this.#forget(take);
    }
  }

  /** @param {KeptTake} entry */
  async #drop({ take, digit }) {
    if (await ask("drop", { digit: toSay(digit) })) {
      await this.#forget(take);
      showNotice("take.dropped");
      find("#voice-start").focus();
    }
  }

  /** @param {string} take */
  async #forget(take) {
    try {
      await this.#voice.dropTake(take);
    } catch (error) {
      showFailure(error);
    }
    await this.#handlers.onChange();
  }
}
