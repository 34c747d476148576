/** A timeline as RTTM, SRT, WebVTT and JSON, as cepstra/timeline/formats.py writes it; and voices that get names. */

/**
 * @typedef {object} Voice
 * @property {string} name
 * @property {string | null} speaker who is enrolled by that name; null for nobody
 * @property {number} speech_s
 */

/**
 * @typedef {object} Segment
 * @property {number} start_s
 * @property {number} end_s
 * @property {string} voice a name
 * @property {number} confidence
 * @property {string | null} other who it may be too
 * @property {"left" | "right" | null} [channel] of a call, whose sides may overlap
 */

/**
 * What /timeline replies.
 * @typedef {object} Timeline
 * @property {number} duration_s
 * @property {Voice[]} voices
 * @property {Segment[]} segments in the order of their beginnings
 */

/**
 * The contents of a file.
 * @typedef {(timeline: Timeline, recording: string) => string} Writer
 */

/** @type {Readonly<Record<"rttm" | "srt" | "vtt" | "json", Writer>>} */
export const WRITERS = Object.freeze({
  rttm: ({ voices, segments }, recording) => {
    const columns = columnsOf(voices.map(({ name }) => name));
    return segments
      .map(({ start_s: start, end_s: end, voice, confidence, channel }) => {
        const when = `${start.toFixed(2)} ${(end - start).toFixed(2)}`;
        return `SPEAKER ${column(recording)} ${sideOf({ channel }) + 1} ${when} <NA> <NA> ${columns.get(voice)} ${confidence.toFixed(2)} <NA>\n`;
      })
      .join("");
  },
  srt: ({ segments }) =>
    segments.map((segment, n) => `${n + 1}\n${times(segment, ",")}\n${untagged(said(segment))}\n`).join("\n"),
  vtt: ({ segments }) =>
    `WEBVTT\n${segments
      .map((segment) => `\n${times(segment, ".")}\n<v ${escaped(segment.voice)}>${escaped(said(segment))}</v>\n`)
      .join("")}`,
  json: (timeline) => `${JSON.stringify(timeline, null, 2)}\n`,
});

/**
 * The same timeline with other names for its voices; those of one name become one.
 * @param {Timeline} timeline
 * @param {(name: string) => string} called
 * @returns {Timeline}
 */
export function withNames({ duration_s, voices, segments }, called) {
  const told = segments.map((segment) => {
    const [voice, other] = [called(segment.voice), segment.other === null ? null : called(segment.other)];
    return { ...segment, voice, other: other === voice ? null : other };
  });
  /** @type {Map<string, Voice>} */
  const byName = new Map();
  for (const each of voices) {
    const name = called(each.name);
    byName.set(name, { ...each, name, speaker: byName.get(name)?.speaker ?? each.speaker, speech_s: 0 });
  }
  for (const { voice, start_s: start, end_s: end } of told) {
    /** @type {Voice} */ (byName.get(voice)).speech_s += end - start;
  }
  const heard = [...byName.values()].filter(({ speech_s: seconds }) => seconds > 0);
  const names = new Set(heard.map(({ name }) => name));
  return {
    duration_s,
    voices: heard.map((each) => ({ ...each, speech_s: Math.round(100 * each.speech_s) / 100 })),
    // who says nothing alone is no voice, and nobody's other
    segments: joined(told.map((segment) => ({ ...segment, other: names.has(segment.other ?? "") ? segment.other : null }))),
  };
}

/**
 * The place of a segment's channel among those of the recording.
 * @param {{channel?: string | null}} segment
 */
export const sideOf = ({ channel }) => Number(channel === "right");

/** @param {Segment[]} segments what follows in one channel without a gap and says the same becomes one */
function joined(segments) {
  /** @type {Segment[]} */
  const result = [];
  const lastOf = [-1, -1]; // of either side, in the result
  for (const segment of segments) {
    const side = sideOf(segment);
    const last = result[lastOf[side]];
    if (last && last.voice === segment.voice && last.other === segment.other && last.end_s === segment.start_s) {
      const [before, here] = [last, segment].map(({ start_s: start, end_s: end }) => end - start);
      const confidence = (last.confidence * before + segment.confidence * here) / (before + here);
      result[lastOf[side]] = { ...last, end_s: segment.end_s, confidence };
    } else {
      lastOf[side] = result.push(segment) - 1;
    }
  }
  return result;
}

/** @param {Segment} segment who speaks; both where that is not sure */
const said = ({ voice, other }) => (other === null ? voice : `${voice}? ${other}?`);

/** @param {string} text */
const column = (text) => text.replace(/\s+/g, "_");

/**
 * A column for each name: of two that differ in their spaces alone, one gets a number.
 * @param {readonly string[]} names
 */
function columnsOf(names) {
  const plainFirst = [...names].sort((one, other) => Number(column(one) !== one) - Number(column(other) !== other));
  /** @type {Map<string, string>} */
  const given = new Map();
  for (const name of plainFirst) {
    const taken = new Set(given.values());
    let free = column(name);
    for (let number = 2; taken.has(free); number += 1) {
      free = `${column(name)}_${number}`;
    }
    given.set(name, free);
  }
  return given;
}

/** @param {string} text a line that neither ends a cue nor looks like its times */
const plain = (text) => text.replace(/\s+/g, " ").replaceAll("-->", "->");

/** @param {string} text the same without what players read as markup, `<b>` and `{\an8}`: SRT has no escapes */
const untagged = (text) => plain(text).replace(/[<>{}]/g, (mark) => "‹›()"["<>{}".indexOf(mark)]);

/** @param {string} text */
const escaped = (text) => plain(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/**
 * @param {Segment} segment
 * @param {string} mark before the thousandths
 */
const times = ({ start_s: start, end_s: end }, mark) => `${clock(start, mark)} --> ${clock(end, mark)}`;

/**
 * @param {number} seconds
 * @param {string} mark
 */
function clock(seconds, mark) {
  const whole = Math.round(seconds * 1000);
  const [hours, minutes, rest] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60, whole % 60_000];
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return `${two(hours)}:${two(minutes)}:${two(Math.floor(rest / 1000))}${mark}${String(rest % 1000).padStart(3, "0")}`;
}
