/** The live level: a bar from the quietest to the loudest level, a mark at the noise floor. */
const QUIETEST_DB = 30;
const LOUDEST_DB = 110;

const meter = document.getElementById("level");
const bar = document.getElementById("level-bar");
const mark = document.getElementById("level-floor");

function share(levelDb) {
  return Math.min(1, Math.max(0, (levelDb - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}

/** Levels in dB, as the endpointer reports them. */
export function showLevel({ levelDb, floorDb, isSpeech }) {
  bar.style.transform = `scaleX(${share(levelDb).toFixed(3)})`;
  mark.style.left = `${(100 * share(floorDb)).toFixed(1)}%`;
  meter.dataset.speech = String(isSpeech);
  meter.setAttribute("aria-valuenow", String(Math.round(100 * share(levelDb))));
}

export function clearLevel() {
  showLevel({ levelDb: QUIETEST_DB, floorDb: QUIETEST_DB, isSpeech: false });
}
