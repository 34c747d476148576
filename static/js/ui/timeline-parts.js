/**
 * The timeline of a conversation that is longer than one call takes. It is asked for part by part, and every
 * part but the first begins with some seconds of each voice told so far, by which it is found again: a
 * speaker-tracing buffer (Xue et al., "Online End-to-End Neural Diarization with Speaker-Tracing Buffer", 2021).
 */
import { FRAMES_PER_SECOND } from "../message.js";
import { withNames } from "./timeline-files.js";

/** @typedef {import("./timeline-files.js").Timeline} Timeline */
/** @typedef {{voice: string, start: number, end: number}} Reminder frames of a voice told before */

const MOST_FRAMES = 12_000; // of a call, as cepstra/resources/schemas/timeline.py
const MOST_REMINDED = 800; // frames of a voice, beyond which the service learns no more of it
const REMINDED_SHARE = 0.5; // of a call at most
const LEAST_SHARE = 0.25; // of its reminders, by which a voice is found again
const CUT_FRAMES = 300; // a part ends where these are quietest

/**
 * @param {number[][]} mfcc of the whole conversation, pauses too
 * @param {(mfcc: number[][]) => Promise<Timeline | null>} ask who speaks when in at most two minutes; null ends it
 * @returns {AsyncGenerator<Timeline>} what is told so far, after every part
 */
export async function* timelineInParts(mfcc, ask) {
  /** @type {Timeline} */
  let told = { duration_s: 0, voices: [], segments: [] };
  for (let start = 0; start < mfcc.length; ) {
    const reminders = remindersOf(told);
    const lead = reminders.flatMap((span) => mfcc.slice(span.start, span.end));
    const end = quietestBefore(mfcc, start + MOST_FRAMES - lead.length);
    const part = await ask([...lead, ...mfcc.slice(start, end)]);
    if (part === null) {
      return;
    }
    told = continued(told, part, reminders, start);
    told.duration_s = end / FRAMES_PER_SECOND;
    start = end;
    yield told;
  }
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/**
 * Where a part ends: nobody is cut in a word.
 * @param {number[][]} mfcc
 * @param {number} latest frame
 */
function quietestBefore(mfcc, latest) {
  const levels = mfcc.slice(latest - CUT_FRAMES, latest).map(([c0]) => c0);
  return latest >= mfcc.length ? mfcc.length : latest - CUT_FRAMES + levels.indexOf(Math.min(...levels));
}

/**
 * The longest segments of every voice that are sure.
 * @param {Timeline} told
 * @returns {Reminder[]}
 */
function remindersOf({ voices, segments }) {
  const most = Math.min(MOST_REMINDED, Math.floor((REMINDED_SHARE * MOST_FRAMES) / voices.length));
  const spans = segments
    .filter(({ other }) => other === null)
    .map(({ voice, start_s, end_s }) => ({ voice, start: Math.round(start_s * FRAMES_PER_SECOND), end: Math.round(end_s * FRAMES_PER_SECOND) }))
    .sort((one, other) => other.end - other.start - (one.end - one.start));
  return voices.flatMap(({ name }) => {
    let room = most;
    return spans.flatMap((span) => {
      const length = span.voice === name ? Math.min(span.end - span.start, room) : 0;
      room -= length;
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
  const lead_s = sum(reminders.map((span) => span.end - span.start)) / FRAMES_PER_SECOND;
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
  const spans = reminders.map(({ voice, start, end }) => ({ voice, from: at, to: (at += end - start) }));
  const share = (/** @type {string} */ name, /** @type {string} */ before) => {
    const own = spans.filter(({ voice }) => voice === before);
    const said = own.flatMap(({ from, to }) =>
      segments.map(({ voice, start_s, end_s }) =>
        voice === name ? Math.max(0, Math.min(to, end_s * FRAMES_PER_SECOND) - Math.max(from, start_s * FRAMES_PER_SECOND)) : 0,
      ),
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
