/** The explanation of what the page does, and the question before something is lost. */
import { find } from "./elements.js";
import { setText } from "./i18n.js";

const question = find("#question", HTMLDialogElement);
const [title, words, confirm] = ["title", "text", "confirm"].map((part) => find(`#question-${part}`));

closeOnBackdrop(question);

/** @param {HTMLDialogElement} dialog */
function closeOnBackdrop(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) {
      dialog.close("cancel");
    }
  });
}

export function offerExplanation() {
  const explanation = find("#explanation", HTMLDialogElement);
  closeOnBackdrop(explanation);
  find("#explain").addEventListener("click", () => explanation.showModal());
}

/**
 * @param {string} name of the question: words NAME.title, NAME.text and NAME.confirm
 * @param {import("./i18n.js").Values} values of their placeholders
 * @returns {Promise<boolean>} whether the person agrees
 */
export function ask(name, values) {
  setText(title, `${name}.title`, values);
  setText(words, `${name}.text`, values);
  setText(confirm, `${name}.confirm`, values);
  question.returnValue = "";
  question.showModal();
  return new Promise((resolve) => {
    question.addEventListener("close", () => resolve(question.returnValue === "confirm"), { once: true });
  });
}
