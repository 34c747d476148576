/** The page: connects the microphone, the session and the views. */
import { ApiClient } from "./api-client.js";
import { CepstraError } from "./cepstra-error.js";
import { ALL_DIGITS, shuffle } from "./digits.js";
import { Listener } from "./listener.js";
import { Session } from "./session.js";
import { clearAlert, showAlert } from "./ui/alerts.js";
import { askConsent, CONSENT_VERSION, showConsent, showConsentIn } from "./ui/consent-box.js";
import { offerDelete, offerExplanation } from "./ui/dialogs.js";
import { resetPad } from "./ui/digit-pad.js";
import { clearLevel, showLevel } from "./ui/level-meter.js";
import { showMicrophone, watchMicrophoneButtons } from "./ui/microphone-panel.js";
import { showPrompt } from "./ui/prompt.js";
import { showRoundEvent } from "./ui/round-view.js";
import { showScoringStatus } from "./ui/score-view.js";
import { showAccess, watchSignIn } from "./ui/sign-in.js";
import { watchSpeaker } from "./ui/speaker-field.js";
import { watchTabs } from "./ui/tabs.js";
import { clearReference, showReference } from "./ui/test-view.js";
import { showTraining } from "./ui/train-view.js";

const INVITATIONS = {
  train: "Press Start and say each digit as it lights up.",
  test: "Press Start and say the digits again, for the reference.",
  score: "Press Start: is it the same voice?",
};

const CONSENT_MISSING = "Before your voice is learnt, please agree to it: tick the box below the Start button.";

const explain = (error) => error.explanation ?? error.message;

async function loadFrontend() {
  const response = await fetch(new URL("./frontend.json", import.meta.url));
  if (!response.ok) {
    throw new Error(`The front end's definition could not be loaded (${response.status}).`);
  }
  return response.json();
}

class Page {
  #mode = "train";
  #client = new ApiClient(document.baseURI, { onSignedOut: () => this.#refresh() });
  #listener;
  #session;

  constructor(frontend) {
    this.#listener = new Listener({
      frontend,
      meyda: globalThis.Meyda,
      onLevel: showLevel,
      onLost: (error) => this.#turnOff(error),
    });
    this.#session = new Session({
      client: this.#client,
      listen: (signal) => this.#listener.next(signal),
      frontend,
      onEvent: showRoundEvent,
    });
  }

  begin() {
    watchMicrophoneButtons(
      () => this.#turnOn(),
      () => this.#turnOff(),
    );
    watchTabs((mode) => this.#changeMode(mode));
    watchSpeaker((name) => this.#changeSpeaker(name));
    watchSignIn({
      onSignIn: (...credentials) => this.#signIn(...credentials),
      onSignOut: () => this.#signOut(),
    });
    offerDelete(
      () => this.#session.speaker,
      () => this.#deleteEverything(),
    );
    document.getElementById("start").addEventListener("click", () => this.#toggleRound());
    document.addEventListener("visibilitychange", () => document.hidden && this.#session.stop());
    this.#invite();
    return this.#refresh();
  }

  async #turnOn() {
    clearAlert();
    showMicrophone("asking");
    try {
      await this.#listener.open();
      showMicrophone("on");
      this.#invite();
    } catch (error) {
      showMicrophone("off");
      showAlert(explain(error));
    }
  }

  async #turnOff(error) {
    this.#session.stop();
    await this.#listener.close();
    clearLevel();
    showMicrophone("off");
    if (error) {
      showAlert(explain(error));
    }
  }

  async #toggleRound() {
    if (this.#session.isRunning) {
      this.#session.stop();
      return;
    }
    clearAlert();
    if (this.#mode === "train" && !(await this.#hasConsent())) {
      return;
    }
    const length = Number(document.getElementById("round-length").value);
    this.#session.start(this.#mode, shuffle(ALL_DIGITS).slice(0, length));
  }

  /** Records the consent before the first round; resolves to whether training may begin. */
  async #hasConsent() {
    const answer = askConsent();
    if (answer === "missing") {
      showAlert(CONSENT_MISSING);
    }
    if (answer !== "ticked") {
      return answer === "given";
    }
    const { speaker } = this.#session;
    try {
      showConsent(await this.#client.consent(speaker, CONSENT_VERSION));
      return speaker === this.#session.speaker && this.#mode === "train";
    } catch (error) {
      showAlert(explain(error));
      return false;
    }
  }

  #changeMode(mode) {
    this.#session.stop();
    this.#mode = mode;
    showConsentIn(mode);
    this.#invite();
  }

  #changeSpeaker(name) {
    this.#session.stop();
    this.#session.speaker = name;
    this.#invite();
    return this.#refresh();
  }

  async #signIn(name, password, isNew) {
    try {
      if (isNew) {
        await this.#client.createAccount(name, password);
      }
      await this.#client.signIn(name, password);
      clearAlert();
      await this.#refresh();
    } catch (error) {
      showAlert(explain(error));
    }
  }

  async #signOut() {
    this.#session.stop();
    await this.#client.signOut().catch((error) => showAlert(explain(error)));
    await this.#refresh();
  }

  #invite() {
    resetPad(ALL_DIGITS);
    showPrompt(INVITATIONS[this.#mode]);
  }

  async #refresh() {
    try {
      const access = await this.#client.access();
      showAccess(access);
      if (access.auth === "on") {
        if (access.speaker === null) {
          return;
        }
        this.#session.speaker = access.speaker;
      }
      const speaker = this.#session.speaker;
      const status = await this.#client.status(speaker);
      if (speaker === this.#session.speaker) {
        this.#session.wantedFeatures = status.wanted_features;
        showTraining(status);
        showConsent(status.consent);
        clearReference();
        showReference(status);
        showScoringStatus(status);
      }
    } catch (error) {
      showAlert(explain(error));
    }
  }

  async #deleteEverything() {
    this.#session.stop();
    try {
      await this.#client.delete(this.#session.speaker);
      clearAlert();
      this.#invite();
      await this.#refresh();
    } catch (error) {
      showAlert(explain(error));
    }
  }
}

async function openPage() {
  offerExplanation();
  if (!globalThis.isSecureContext) {
    showAlert(new CepstraError("microphone-insecure").message);
  }
  if (!globalThis.Meyda) {
    throw new Error("Meyda is missing on this server: its operator has to run “npm ci”.");
  }
  await new Page(await loadFrontend()).begin();
}

openPage().catch((error) => showAlert(explain(error)));
