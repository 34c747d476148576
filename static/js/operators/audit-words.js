/** Entries of the audit log in the page's language; what has no words here is shown as the service wrote it. */
import { hasWords, text } from "../ui/i18n.js";

/** @type {readonly [key: string, pattern: RegExp][]} what the pattern captures goes into {first} and {second} */
const REASONS = [
  ["another-voice", /^another voice$/],
  ["order", /^asked for (.+), declared (.+)$/],
  ["other-digits", /^sounds like \[(.+)\], digit score (.+) below .+$/],
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
];

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
  return reason;
}

/** @param {string} caller such as `key 3` */
export function callerWords(caller) {
  const [, kind, number] = /^(key|account) (\d+)$/.exec(caller) ?? [];
  return kind ? text(`audit.caller.${kind}`, { number: () => number }) : caller;
}
