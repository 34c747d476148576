/** The page's two dialogues: the explanation, and the question before something is lost. */
import { say } from "./words.js";

const explanation = document.getElementById("explanation");
const question = document.getElementById("question");
const [title, words, confirm] = ["title", "text", "confirm"].map((part) => document.getElementById(`question-${part}`));

function closeOnBackdrop(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) {
      dialog.close("cancel");
    }
  });
}

export function offerExplanation() {
  closeOnBackdrop(explanation);
  closeOnBackdrop(question);
  document.getElementById("explain").addEventListener("click", () => explanation.showModal());
}

/**
 * @param {string} name of the question: words NAME.title, NAME.text and NAME.confirm
 * @param {object} values of their placeholders
 * @returns {Promise<boolean>} whether the person agrees
 */
export function ask(name, values) {
  say(title, `${name}.title`, values);
  say(words, `${name}.text`, values);
  say(confirm, `${name}.confirm`, values);
  question.returnValue = "";
  question.showModal();
  return new Promise((resolve) => {
    question.addEventListener("close", () => resolve(question.returnValue === "confirm"), { once: true });
  });
}
