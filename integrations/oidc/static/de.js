// What <cepstra-verify> says, in German; of what goes wrong the page of Cepstra has the words.
import failures from "/voice/static/js/ui/failures-de.js";

const codes = Object.keys(failures).map((key) => key.split(".")[1]);
const ofDigits = (words) => words.replace(/\{([^{}|]*)\|[^{}|]*\}/g, "$1"); // the page of Cepstra may ask for words
const told = (code) => ofDigits(`${failures[`failure.${code}.title`]} ${failures[`failure.${code}.advice`]}`);

export default {
  ...Object.fromEntries(codes.map((code) => [code, told(code)])),

  title: "Bestätigen Sie mit der Stimme, dass Sie es sind",
  ready: "Sie werden gebeten, {count} Ziffern zu sprechen.",
  digits: "einige",
  start: "Los",
  stop: "Abbrechen",
  again: "Noch einmal",
  say: "Sprechen Sie die Ziffer",
  sending: "Wird geprüft…",
  outage: "Der Server antwortet nicht. Neuer Versuch…",
  accept: "Willkommen",
  reject: "Nicht erkannt",
  inconclusive: "Nicht sicher",
  error: "Das hat nicht geklappt",
  stopped: "Abgebrochen",
  level: "Lautstärke",

  "too-quiet": "Zu leise: näher ans Mikrofon, oder sprechen Sie lauter.",
  "too-short": "Zu kurz: sprechen Sie die ganze Ziffer.",
  noisy: "Zu laut ringsum: gehen Sie dorthin, wo es ruhiger ist, oder näher ans Mikrofon.",
  clipped: "Zu laut: es ist verzerrt. Gehen Sie weiter weg vom Mikrofon.",
  "no-speech": "Darin war niemand zu hören: sprechen Sie die Ziffer, oder schalten Sie ab, was brummt.",

  "too-little-speech": "Zu wenig Sprache: sprechen Sie die Ziffern langsam und deutlich.",
  "wrong-digits": "Es waren andere Ziffern zu hören als die gezeigten.",
  repeated: "Das war schon einmal zu hören: eine Aufnahme ist keine Stimme.",
  "another-voice": "Das ist eine andere Stimme.",
  "not-enrolled": "Unter diesem Namen ist niemand bekannt.",
  "not-accepted": "Die Stimme wurde nicht erkannt.",
};
