import assert from "node:assert/strict";
import { test } from "node:test";
import { joinRecordings } from "../../static/js/files/read-recording.js";
import { frontend } from "./front-end.js";

const recordingOf = (...lengths) => ({
  messages: lengths.map((length) => ({ mfcc: Array(length).fill(Array(20).fill(0)) })),
  warnings: [],
});
const takes = (...recordings) => joinRecordings(recordings, { frontend, purpose: "enrolment" }).messages.map(({ mfcc }) => mfcc.length);

test("a take that is all there is becomes two halves, if each may hold a word, as the commands have it", () => {
  assert.deepEqual(takes(recordingOf(171)), [85, 86]);
  assert.deepEqual(takes(recordingOf(169)), [169]);
  assert.deepEqual(takes(recordingOf(171), recordingOf(171)), [171, 171]);
});
