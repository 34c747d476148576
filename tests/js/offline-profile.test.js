/** What an opened profile answers: at the rate it was kept for, and as far as the service's threshold was moved. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CALIBRATION_FILE, EmbeddingScorer } from "../../static/js/embedding/embedding-scorer.js";
import { OfflineProfile } from "../../static/js/embedding/offline-profile.js";
import { NETWORK_FILES, VoiceEmbedder } from "../../static/js/embedding/voice-embedder.js";

const root = new URL("../../", import.meta.url);
const [train, said] = ["train", "test"].map((name) => JSON.parse(readFileSync(new URL(`mfcc_${name}.json`, root), "utf8")));
const modelFile = (name) => readFileSync(new URL(`models/${name}`, root));
const embedder = new VoiceEmbedder(NETWORK_FILES.map(modelFile));
const scorer = new EmbeddingScorer(embedder.cohort, modelFile(CALIBRATION_FILE));
const { sums, frames } = embedder.pool(train.mfcc);
const voice = { vector: embedder.embedding(sums), speechFrames: frames };

const judged = (threshold) => new OfflineProfile({ speaker: "ann", keptAt: "", voice, ...threshold }, { embedder, scorer }).judge(said);

test("a profile of before thresholds could move stands at the shipped one", () => {
  const shipped = judged({ falseAcceptRate: 0.01 });
  assert.equal(shipped.decision, "accept");
  assert.deepEqual(judged({ falseAcceptRate: 0.01, thresholdShift: 0 }), shipped);
});

test("a moved threshold decides", () => {
  const [shipped, moved] = [0, 50].map((thresholdShift) => judged({ falseAcceptRate: 0.01, thresholdShift }));
  assert.equal(moved.threshold, shipped.threshold + 50);
  assert.deepEqual([moved.decision, moved.isAccepted, moved.llr], ["reject", false, shipped.llr]);
});

test("fewer impostors need a higher ratio", () => {
  const thresholds = [0.05, 0.01, 0.001].map((falseAcceptRate) => judged({ falseAcceptRate }).threshold);
  assert.ok(thresholds[1] > thresholds[0] + 0.5 && thresholds[2] > thresholds[1] + 0.5, String(thresholds));
});
