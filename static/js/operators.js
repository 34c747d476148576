/** The page for operators. The key stays in this page's memory. */
import { ApiClient } from "./api-client.js";
import { ServiceError } from "./errors.js";
import { AttemptsPanel } from "./operators/attempts.js";
import { AuditPanel } from "./operators/audit.js";
import { EnrolmentsPanel } from "./operators/enrolments.js";
import { KeysPanel } from "./operators/keys.js";
import { LocksPanel } from "./operators/locks.js";
import { clearAlert, showAlert, showFailure } from "./ui/alerts.js";
import { find } from "./ui/elements.js";
import { addWords, decimal, moment, setText, text } from "./ui/i18n.js";
import { OPERATORS_WORDS } from "./ui/operators-words.js";
import { offerLanguages, offerThemes } from "./ui/preferences.js";
import { onSubmit, whileBusy } from "./ui/recording-session.js";
import { ThresholdPanel } from "./ui/threshold-panel.js";

const client = new ApiClient(new URL("/", location.href));
const [form, key] = [find("#key-form", HTMLFormElement), find("#key", HTMLInputElement)];

/** @param {any} now the threshold in force */
function tellThreshold({ threshold, shipped_threshold: shipped, adopted_at: since }) {
  const values = { threshold: decimal(threshold, 2), shipped: decimal(shipped, 2) };
  setText(find("#threshold-now"), since ? "threshold.own" : "threshold.shipped", { ...values, date: moment(since ?? "") });
}

const locks = new LocksPanel(client);
const panels = [new AttemptsPanel(client), new EnrolmentsPanel(client), locks, new KeysPanel(client), new AuditPanel(client)];
/** @type {ThresholdPanel | undefined} */
let threshold;
const measure = find("#limit-measure", HTMLButtonElement);
measure.addEventListener("click", () =>
  whileBusy(measure, () => (threshold ??= new ThresholdPanel(client, tellThreshold)).measure()),
);

/** Shows everything, or nothing where the key opens less. */
async function show() {
  const told = await client.call("GET", "threshold");
  for (const panel of panels) {
    await panel.show();
  }
  tellThreshold(told);
  clearAlert(); // of a key that opened less
  form.hidden = true;
  find("#panels").hidden = false;
  find("#sections").hidden = false;
}

async function openPage() {
  addWords(OPERATORS_WORDS);
  await offerLanguages();
  offerThemes();
  onSubmit(form, async () => {
    client.resume(key.value.trim());
    try {
      await show();
    } catch (error) {
      if (error instanceof ServiceError && error.code === "signed-out") {
        return showAlert(() => text("operators.keyUnknown"));
      }
      throw error;
    }
    find("#attempts-title").focus();
  });
  const { auth } = await client.access();
  form.hidden = auth === "off";
  return auth === "off" ? show() : key.focus();
}

openPage().catch((error) => showFailure(error, () => location.reload()));
