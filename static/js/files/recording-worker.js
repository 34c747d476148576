/**
 * Worker that cuts one recording, so that the page stays alive meanwhile. It is told
 * {parts, frontend, purpose} and tells {share} now and then, and at the end
 * {takes, rest, peak, centreOf}, or why not: {code} or, of faults that nobody foresees, {failure}.
 */
import { findMeyda } from "../meyda-library.js";
import { filmCentre, heardChannel } from "./channels.js";
import { allFrames, findUtterances, firstUtterances, groupUtterances, joined, resampled, takeOf } from "./cut-recording.js";
import { peakOf, SILENT_PEAK } from "./samples.js";
import { wavChannels } from "./wav-samples.js";

/** @typedef {import("../features.js").Frontend} Frontend */
/** @typedef {{code: string} | import("./read-recording.js").Cut} Outcome */

/**
 * The global scope of a worker, as far as it is used here.
 * @type {{postMessage: (told: unknown) => void, onmessage: unknown}}
 */
const scope = /** @type {any} */ (globalThis);

/** @typedef {import("./decode-recording.js").Decoded & {frontend: Frontend, purpose?: import("./read-recording.js").Purpose}} Told */

/**
 * One channel of a part, or both of a telephone call that is a conversation; null where somebody has to choose it.
 * @param {import("./decode-recording.js").DecodedPart} part
 * @param {boolean} isConversation
 */
function heardOf({ layout, bytes, centre, sampleRateHz, ...decoded }, isConversation) {
  const channels = layout && bytes ? wavChannels(bytes, layout) : decoded.channels;
  const film = filmCentre(channels, sampleRateHz, centre);
  const samples = film ? film.samples : heardChannel(channels, sampleRateHz);
  const both = isConversation && channels.length === 2 ? channels : null;
  const sides = samples ? [samples] : both;
  return sides && { sides, centreOf: film?.isOneOfSeveral ? channels.length : 0 };
}

/**
 * What is heard of one rate: the parts, one behind the other; null where somebody has to choose the channel.
 * @param {Told} recording
 */
function heard({ parts, frontend, purpose }) {
  const single = parts.length === 1;
  const sampleRateHz = single ? parts[0].sampleRateHz : frontend.sample_rate_hz;
  /** @type {Float32Array[][]} of each side */
  const pieces = [];
  let centreOf = 0;
  for (const [index, part] of parts.entries()) {
    const found = heardOf(part, purpose === "conversation");
    if (!found || (index > 0 && found.sides.length !== pieces.length)) {
      return null;
    }
    centreOf = Math.max(centreOf, found.centreOf);
    for (const [side, samples] of found.sides.entries()) {
      (pieces[side] ??= []).push(single ? samples : resampled(samples, part.sampleRateHz, sampleRateHz));
    }
  }
  return { sides: pieces.map((own) => (single ? own[0] : joined(own))), sampleRateHz, centreOf };
}

/**
 * @param {Told} recording
 * @returns {Promise<Outcome>}
 */
async function cut(recording) {
  const { frontend, purpose } = recording;
  const sound = heard(recording);
  if (!sound) {
    return { code: "two-voices" };
  }
  const { sides, sampleRateHz, centreOf } = sound;
  const [samples] = sides;
  const peak = Math.max(...sides.map(peakOf));
  if (!Number.isFinite(peak)) {
    return { code: "unreadable" };
  }
  if (peak < SILENT_PEAK) {
    return { code: "silent" };
  }
  const onProgress = (/** @type {number} */ share) => scope.postMessage({ share });
  const meyda = await findMeyda();
  if (purpose === "conversation") {
    const takes = sides.map((side, n) =>
      allFrames({ samples: side, sampleRateHz, frontend, meyda, onProgress: (share) => onProgress((n + share) / sides.length) }),
    );
    return { takes, rest: { frames: [] }, peak, centreOf };
  }
  const found = findUtterances({ samples, sampleRateHz, frontend, meyda, onProgress });
  if (found.length === 0) {
    return { code: "no-speech" };
  }
  const isAttempt = purpose === "verification";
  const groups = isAttempt ? [firstUtterances(found)] : groupUtterances(found);
  const rest = isAttempt ? found.slice(groups[0].length) : [];
  return { takes: groups.map(takeOf), rest: takeOf(rest), peak, centreOf };
}

scope.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  // A rejected promise would not reach the page as an error of the worker.
  const outcome = await cut(data).catch((error) => ({ failure: String(error) }));
  scope.postMessage(outcome);
};
