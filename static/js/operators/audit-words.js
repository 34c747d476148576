/** Entries of the audit log in the page's language; what has no words here is shown as the service wrote it. */
import { hasWords, text } from "../ui/i18n.js";

/** @type {readonly [key: string, pattern: RegExp][]} what the pattern captures goes into {first} and {second} */
const REASONS = [
  ["another-voice", /^another voice$/],
  ["order", /^asked for (.+), declared (.+)$/],
  ["other-digits", /^sounds like \[(.+)\], digit score (.+) below .+$/],
  ["few-digits", /^(\d+) digits enrolled, at least (\d+) are compared$/],
  ["unknown-digits", /^declared \[(.+)\], of which there is no take$/],
  ["other-width", /^expected (\d+) coefficients to compare digits$/],
  ["no-reference", /^no reference speech yet/],
  ["beside", /^message (\d+): speech beside the word$/],
  ["heard-before", /: message (\d+) was heard before$/],
  ["replay", /^made of earlier recordings$/],
  ["little-speech", /^([\d.]+) s of speech, ([\d.]+) s are needed$/],
  ["decided-by", /^decided by (.+)$/],
  ["imported", /^text (.+), imported$/],
  ["agreed", /^text (.+)$/],
  ["device", /^a device$/],
  ["take", /^a take$/],
  ["takes", /^takes$/],
  ["retention", /^retention$/],
  ["adopted", /^threshold (.+) adopted$/],
  ["taken-back", /^threshold adopted last taken back$/],
  ["key-made", /^key (\d+) made: (.+)$/],
  ["key-revoked", /^key (\d+) revoked$/],
  ["not-trained", /^NotTrainedError$/],
  ["locked", /^LockedOutError$/],
  ["no-consent", /^ConsentMissingError$/],
  ["closed", /^ChallengeClosedError$/],
  ["nothing-adopted", /^NothingAdoptedError$/],
  ["weak-password", /^WeakPasswordError$/],
  ["one-voice", /^TooFewVoicesError$/],
  ["under-way", /^UnderWayError$/],
  ["no-signature", /^SigningOffError$/],
  ["silent", /^SilentTakeError$/],
];

/** @type {Record<string, string>} the code in errors.js of the failure that whoever called was told, by the error that a refusal names */
const FAILURES = {
  FramesNeededError: "not-understood",
  FrontEndMismatchError: "other-front-end",
  NoReferenceError: "not-enrolled",
  NotConfirmableError: "not-allowed",
  NotInvitedError: "not-invited",
  NotYoursError: "not-allowed",
  OtherDigitError: "wrong-digit",
  OtherVoiceError: "other-voice",
  RepeatedFramesError: "repeated-frames",
  ScopeNotHeldError: "not-allowed",
  SpeakerDeletedError: "not-found",
  SpeakerExistsError: "name-taken",
  TakeExistsError: "name-taken",
  TooFewDigitsError: "too-few-digits",
  TooManyDigitsError: "not-understood",
  UncalibratedError: "not-understood",
  UnknownDeviceError: "not-found",
  UnknownKeyError: "not-found",
  UnknownSpeakerError: "not-found",
  UnknownSystemError: "not-found",
  UnknownTakeError: "not-found",
  VoiceNotProvenError: "voice-not-proven",
  WrongPasswordError: "wrong-password",
};

/**
 * @param {"action" | "decision"} kind
 * @param {string} term of the service
 */
export function termWords(kind, term) {
  const key = `audit.${kind}.${term}`;
  return hasWords(key) ? text(key) : term;
}

/** @param {string | null} reason one or several, joined by semicolons */
export function reasonWords(reason) {
  return reason && reason.split("; ").map(oneReason).join("; ");
}

/** @param {string} reason */
function oneReason(reason) {
  for (const [key, pattern] of REASONS) {
    const found = pattern.exec(reason);
    if (found) {
      return text(`audit.reason.${key}`, { first: found[1], second: found[2] });
    }
  }
  const failure = FAILURES[reason];
  return failure ? text(`failure.${failure}.title`) : reason;
}

/** @param {string} caller such as `key 3` or `local` */
export function callerWords(caller) {
  const [kind, number = ""] = caller.split(" ");
  const key = `audit.caller.${kind}`;
  return hasWords(key) ? text(key, { number: () => number }) : caller;
}
