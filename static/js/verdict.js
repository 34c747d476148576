/** What became of an attempt, and in words why. */

/**
 * @typedef {object} VerifyResult
 * @property {"accept" | "reject" | "inconclusive"} decision
 * @property {boolean} isAccepted
 * @property {string | null} reason why it was not accepted: "too-little-speech", "wrong-digits", "repeated",
 *   "another-voice", "not-enrolled", or "not-accepted" where the service does not tell
 * @property {string} explanation the same for people
 * @property {number | null} llr natural log-likelihood ratio
 * @property {number | null} threshold the least llr that is accepted
 * @property {number | null} probability
 * @property {string | null} assertion the signed outcome, for the relying party's backend
 * @property {string} challenge its id
 */

/** @type {Record<string, string>} */
const EXPLANATIONS = {
  "too-little-speech": "Too little speech: say the digits slowly and clearly.",
  "wrong-digits": "Other digits were heard than those shown.",
  repeated: "This was heard before: a recording is no voice.",
  "another-voice": "This is another voice.",
  "not-enrolled": "Nobody is enrolled by this name.",
  "not-accepted": "The voice was not recognised.",
};

/**
 * @param {import("./api-client.js").Reply} reply of /score to an attempt with a challenge
 * @param {import("./api-client.js").Reply} challenge
 * @returns {VerifyResult}
 */
export function asVerdict(reply, { challenge }) {
  const { decision, llr = null, probability = null, threshold = null, assertion = null } = reply;
  const isAccepted = decision === "accept";
  const untold = decision === "inconclusive" ? "too-little-speech" : "not-accepted";
  const reason = isAccepted ? null : (reply.reason ?? untold);
  const explanation = reason === null ? "" : (EXPLANATIONS[reason] ?? EXPLANATIONS["not-accepted"]);
  return { decision, isAccepted, reason, explanation, llr, threshold, probability, assertion, challenge };
}
