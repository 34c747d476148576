/**
 * The timeline of a conversation that is longer than one call takes. It is asked for part by part, and every
 * part but the first begins with some seconds of each voice told so far, by which it is found again: a
 * speaker-tracing buffer (Xue et al., "Online End-to-End Neural Diarization with Speaker-Tracing Buffer", 2021).
 */
import { FRAMES_PER_SECOND } from "../message.js";
import { sideOf, withNames } from "./timeline-files.js";

/** @typedef {import("./timeline-files.js").Timeline} Timeline */
/** @typedef {{voice: string, side: number, start: number, end: number}} Reminder frames of a voice told before */

const MOST_FRAMES = 12_000; // of a call, of both channels together, as cepstra/resources/schemas/timeline.py
const MOST_REMINDED = 800; // frames of a voice, beyond which the service learns no more of it
const REMINDED_SHARE = 0.5; // of a call at most
const LEAST_SHARE = 0.25; // of its reminders, by which a voice is found again
const CUT_FRAMES = 300; // a part ends where these are quietest

/**
 * @param {number[][][]} sides frames of the whole conversation, pauses too; of a telephone call those of either side
 * @param {(sides: number[][][]) => Promise<Timeline | null>} ask who speaks when in at most two minutes, of a telephone
 * call in one; null ends it
 * @returns {AsyncGenerator<Timeline>} what is told so far, after every part
 */
export async function* timelineInParts(sides, ask) {
  const most = MOST_FRAMES / sides.length;
  const length = sides[0].length;
  /** @type {Timeline} */
  let told = { duration_s: 0, voices: [], segments: [] };
  for (let start = 0; start < length; ) {
    const reminders = remindersOf(told, most);
    const end = quietestBefore(sides, start + most - lengthOf(reminders));
    const spans = [...reminders, { start, end }];
    const part = await ask(sides.map((mfcc) => spans.flatMap((span) => mfcc.slice(span.start, span.end))));
    if (part === null) {
      return;
    }
    told = continued(told, part, reminders, start);
    told.duration_s = end / FRAMES_PER_SECOND;
    start = end;
    yield told;
  }
}

/** @param {Reminder[]} reminders */
const lengthOf = (reminders) => sum(reminders.map(({ start, end }) => end - start));

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/**
 * Where a part ends: nobody is cut in a word.
 * @param {number[][][]} sides
 * @param {number} latest frame
 */
function quietestBefore(sides, latest) {
  const [{ length }] = sides;
  const levels = sides[0].slice(latest - CUT_FRAMES, latest).map((_, n) => sum(sides.map((mfcc) => mfcc[latest - CUT_FRAMES + n][0])));
  return latest >= length ? length : latest - CUT_FRAMES + levels.indexOf(Math.min(...levels));
}

/**
 * The longest segments of every voice that are sure.
 * @param {Timeline} told
 * @param {number} room frames of a call
 * @returns {Reminder[]}
 */
function remindersOf({ voices, segments }, room) {
  const most = Math.min(MOST_REMINDED, Math.floor((REMINDED_SHARE * room) / voices.length));
  const spans = segments
    .filter(({ other }) => other === null)
    .map((segment) => ({
      voice: segment.voice,
      side: sideOf(segment),
      start: Math.round(segment.start_s * FRAMES_PER_SECOND),
      end: Math.round(segment.end_s * FRAMES_PER_SECOND),
    }))
    .sort((one, other) => other.end - other.start - (one.end - one.start));
  return voices.flatMap(({ name }) => {
    let left = most;
    return spans.flatMap((span) => {
      const length = span.voice === name ? Math.min(span.end - span.start, left) : 0;
      left -= length;
      return length ? [{ ...span, end: span.start + length }] : [];
    });
  });
}

/**
 * @param {Timeline} told
 * @param {Timeline} part that begins with the reminders
 * @param {Reminder[]} reminders
 * @param {number} start frame of the part's own
 * @returns {Timeline} both
 */
function continued(told, part, reminders, start) {
  const before = namesBefore(part, reminders);
  const strangers = told.voices.filter(({ speaker }) => speaker === null).map(({ name }) => name);
  let last = Math.max(told.voices.length, ...strangers.map((name) => Number(/\d+$/.exec(name))));
  const isFirst = told.voices.length === 0; // whose numbers are the service's
  const numbered = (/** @type {string} */ name) => (isFirst ? name : `voice ${(last += 1)}`);
  const names = new Map(part.voices.map(({ name, speaker }) => [name, before.get(name) ?? speaker ?? numbered(name)]));
  /** @type {Map<string, string>} strangers of whom there is enough by now to know them */
  const known = new Map();
  for (const { name, speaker } of part.voices) {
    const called = names.get(name) ?? name;
    if (speaker !== null && strangers.includes(called)) {
      known.set(called, speaker);
    }
  }
  const lead_s = lengthOf(reminders) / FRAMES_PER_SECOND;
  const time = (/** @type {number} */ seconds) => Math.round((Math.max(0, seconds - lead_s) * FRAMES_PER_SECOND) + start) / FRAMES_PER_SECOND;
  const now = withNames(part, (name) => names.get(name) ?? name);
  const own = now.segments
    .filter(({ end_s }) => end_s > lead_s)
    .map((segment) => ({ ...segment, start_s: time(segment.start_s), end_s: time(segment.end_s) }));
  const both = { ...told, voices: [...told.voices, ...now.voices], segments: [...told.segments, ...own] };
  return withNames(both, (name) => known.get(name) ?? name);
}

/**
 * Each voice of the part by the one before whose reminders it says most of; none that says little of any.
 * @param {Timeline} part
 * @param {Reminder[]} reminders
 * @returns {Map<string, string>}
 */
function namesBefore({ voices, segments }, reminders) {
  let at = 0;
  const spans = reminders.map(({ voice, side, start, end }) => ({ voice, side, from: at, to: (at += end - start) }));
  const share = (/** @type {string} */ name, /** @type {string} */ before) => {
    const own = spans.filter(({ voice }) => voice === before);
    const said = own.flatMap(({ side, from, to }) =>
      segments
        .filter((segment) => segment.voice === name && sideOf(segment) === side)
        .map(({ start_s, end_s }) => Math.max(0, Math.min(to, end_s * FRAMES_PER_SECOND) - Math.max(from, start_s * FRAMES_PER_SECOND))),
    );
    return sum(said) / sum(own.map(({ from, to }) => to - from));
  };
  const known = [...new Set(reminders.map(({ voice }) => voice))];
  return new Map(
    voices.flatMap(({ name }) => {
      const shares = known.map((before) => share(name, before));
      const most = Math.max(...shares);
      return most >= LEAST_SHARE ? [[name, known[shares.indexOf(most)]]] : [];
    }),
  );
}
