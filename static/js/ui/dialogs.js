/** The explanation of what the page does. */
import { find } from "./elements.js";
import { closeOnBackdrop } from "./question.js";

const explanation = find("#explanation", HTMLDialogElement);

export function offerExplanation() {
  closeOnBackdrop(explanation);
  find("#explain").addEventListener("click", () => explanation.showModal());
}
