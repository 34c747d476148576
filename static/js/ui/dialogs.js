/** The page's two dialogues: the explanation, and the question before everything is deleted. */
const explanation = document.getElementById("explanation");
const question = document.getElementById("delete-dialog");

function closeOnBackdrop(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) {
      dialog.close("cancel");
    }
  });
}

export function offerExplanation() {
  closeOnBackdrop(explanation);
  document.getElementById("explain").addEventListener("click", () => explanation.showModal());
}

/**
 * @param {() => string} speaker whose data the question is about
 * @param {() => void} onConfirm called after the person has agreed
 */
export function offerDelete(speaker, onConfirm) {
  closeOnBackdrop(question);
  document.getElementById("delete").addEventListener("click", () => {
    document.getElementById("delete-speaker").textContent = speaker();
    question.returnValue = "";
    question.showModal();
  });
  question.addEventListener("close", () => {
    if (question.returnValue === "delete") {
      onConfirm();
    }
  });
}
