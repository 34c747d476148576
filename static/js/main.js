/** The page: the kit, who is speaking, and the screens. */
import { Cepstra } from "./cepstra.js";
import { loadFrontend } from "./features.js";
import { CompareScreen } from "./ui/compare-screen.js";
import { DataScreen } from "./ui/data-screen.js";
import { offerExplanation } from "./ui/dialogs.js";
import { EnrolScreen } from "./ui/enrol-screen.js";
import { showFailure } from "./ui/alerts.js";
import { IdentifyScreen } from "./ui/identify-screen.js";
import { offerLanguages, offerThemes } from "./ui/preferences.js";
import { watchMicrophone } from "./ui/microphone-card.js";
import { watchScreens } from "./ui/screens.js";
import { SentPanel } from "./ui/sent-panel.js";
import { focusAfterSigning, showAccess, watchSignIn } from "./ui/sign-in.js";
import { watchSpeaker } from "./ui/speaker-field.js";
import { RecordingSession } from "./ui/recording-session.js";
import { VerifyScreen } from "./ui/verify-screen.js";

/** @typedef {import("./api-client.js").Status} Status */

class Page {
  #voice;
  #speaking;
  #enrol;
  #verify;
  #data;
  #sent;
  /** @type {Status | null} */
  #status = null;

  /**
   * @param {import("./features.js").Frontend} frontend
   * @param {SentPanel} sent
   */
  constructor(frontend, sent) {
    this.#sent = sent;
    this.#voice = new Cepstra({ frontend, fetch: sent.fetch });
    this.#speaking = new RecordingSession(this.#voice);
    const refresh = () => this.#refresh();
    const shared = { voice: this.#voice, speaking: this.#speaking, frontend };
    this.#enrol = new EnrolScreen(shared, refresh);
    this.#verify = new VerifyScreen(shared);
    new IdentifyScreen(shared);
    new CompareScreen(shared);
    this.#data = new DataScreen(this.#voice, () => this.#meet());
  }

  begin() {
    watchMicrophone(this.#voice);
    this.#sent.follow(this.#voice);
    watchScreens(() => this.#changeScreen());
    watchSpeaker(this.#voice.speaker, (name) => this.#changeSpeaker(name));
    watchSignIn({
      onSignIn: (...credentials) => this.#try(() => this.#signIn(...credentials)),
      onSignOut: () => this.#try(() => this.#signOut()),
    });
    this.#voice.addEventListener("signedout", () => this.#meet());
    return this.#meet();
  }

  /** @param {() => Promise<void>} act */
  async #try(act) {
    try {
      await act();
    } catch (error) {
      showFailure(error);
    }
  }

  async #changeScreen() {
    await this.#speaking.stop();
    if (this.#status) {
      await this.#refresh();
    }
  }

  /** @param {string} name */
  async #changeSpeaker(name) {
    await this.#speaking.stop();
    this.#voice.speaker = name;
    await this.#meet();
  }

  /**
   * @param {string} name
   * @param {string} password
   * @param {boolean} isNew the account is to be made
   */
  async #signIn(name, password, isNew) {
    if (isNew) {
      await this.#voice.client.createAccount(name, password);
    }
    await this.#voice.client.signIn(name, password);
    await this.#meet();
    focusAfterSigning();
  }

  async #signOut() {
    await this.#speaking.stop();
    await this.#voice.client.signOut();
    await this.#meet();
    focusAfterSigning();
  }

  /** Somebody begins to use the page, or everything about them has changed. */
  #meet() {
    return this.#try(async () => {
      const access = await this.#voice.client.access();
      showAccess(access);
      this.#status = null;
      if (access.auth === "on" && access.speaker === null) {
        return;
      }
      this.#voice.speaker = access.speaker ?? this.#voice.speaker;
      this.#verify.showSpeaker(this.#voice.speaker);
      await this.#refresh((status) => this.#enrol.begin(status));
    });
  }

  /** Shows what the service keeps now. */
  #refresh(show = (/** @type {Status} */ status) => this.#enrol.update(status)) {
    return this.#try(async () => {
      const { speaker } = this.#voice;
      const status = await this.#voice.client.status(speaker);
      if (speaker === this.#voice.speaker) {
        this.#status = status;
        show(status);
        this.#data.show(status);
      }
    });
  }
}

async function openPage() {
  await offerLanguages();
  offerThemes();
  offerExplanation();
  const sent = new SentPanel();
  await new Page(await loadFrontend(), sent).begin();
}

openPage().catch(showFailure);
