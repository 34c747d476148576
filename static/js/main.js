/** The page: the kit, who is speaking, and the screens. */
import { Cepstra, missingSupport } from "./cepstra.js";
import { loaded } from "./errors.js";
import { loadFrontend } from "./features.js";
import { clearAlert, clearNotice, showAlert, showFailure } from "./ui/alerts.js";
import { BenchScreen } from "./ui/bench-screen.js";
import { CompareScreen } from "./ui/compare-screen.js";
import { DataScreen } from "./ui/data-screen.js";
import { offerExplanation } from "./ui/dialogs.js";
import { acceptDropsAnywhere } from "./ui/drop-zone.js";
import { find } from "./ui/elements.js";
import { promptWith, text } from "./ui/i18n.js";
import { IdentifyScreen } from "./ui/identify-screen.js";
import { watchMicrophone } from "./ui/microphone-card.js";
import * as person from "./ui/person.js";
import { offerLanguages, offerThemes } from "./ui/preferences.js";
import { RecordingSession, whileBusy } from "./ui/recording-session.js";
import { watchScreens } from "./ui/screens.js";
import { SentPanel } from "./ui/sent-panel.js";
import { VoiceScreen } from "./ui/voice-screen.js";

/** @typedef {import("./api-client.js").Status} Status */

class Page {
  #voice;
  #session;
  #screens;
  #identify;
  #sent;
  /** @type {import("./ui/screens.js").ScreenTools} */
  #tools;
  #isAuthOn = false;
  /** Who is at the page; null while nobody has said so. */
  #person = person.rememberedName();
  /** The last time that it was asked who that is: an answer to an earlier one counts no more. */
  #asked = {};
  /**
   * What the service keeps, as it was asked for last.
   * @type {Promise<Status> | undefined}
   */
  #asking;

  /**
   * @param {import("./features.js").Frontend} frontend
   * @param {SentPanel} sent
   */
  constructor(frontend, sent) {
    this.#sent = sent;
    this.#voice = new Cepstra({ frontend, fetch: sent.fetch, token: person.rememberedToken() });
    this.#session = new RecordingSession(this.#voice);
    const tools = (this.#tools = { voice: this.#voice, session: this.#session, frontend });
    const onChange = () => this.#refresh();
    this.#identify = new IdentifyScreen(tools);
    new CompareScreen(tools);
    this.#screens = {
      voice: new VoiceScreen(tools, { onChange, onName: (name) => this.#name(name) }),
      data: new DataScreen(this.#voice, () => this.#meet()),
      bench: new BenchScreen(tools, onChange),
    };
  }

  begin() {
    offerMeasuring(this.#voice.client);
    watchMicrophone(this.#voice, this.#session);
    acceptDropsAnywhere();
    this.#sent.follow(this.#voice);
    watchScreens((name) => this.#changeScreen(name));
    void this.#open(location.hash.slice(1));
    person.watchPerson({
      onSignIn: (...credentials) => this.#signIn(...credentials),
      onLeave: () => this.#leave(),
    });
    this.#voice.addEventListener("signedout", () => this.#tellEnd());
    const obstacle = missingSupport();
    return this.#meet().then(() => obstacle && showFailure(obstacle));
  }

  /** @param {string} name of the screen: what few people look at is loaded when they do */
  async #open(name) {
    if (name === "watch") {
      const { watchScreen } = await loaded(import("./ui/watch-screen.js"));
      await watchScreen(this.#tools);
    }
    if (name === "timeline") {
      const { timelineScreen } = await loaded(import("./ui/timeline-screen.js"));
      timelineScreen(this.#tools);
    }
  }

  /** @param {string} name */
  async #changeScreen(name) {
    await this.#session.stop();
    clearNotice();
    try {
      await this.#open(name);
    } catch (error) {
      showFailure(error, () => {
        clearAlert();
        return this.#changeScreen(name);
      });
      return;
    }
    this.#identify.clear();
    if (this.#person !== null) {
      await this.#refresh();
    }
  }

  /**
   * The person has said their name, and is remembered.
   * @param {string} name
   */
  async #name(name) {
    const status = await this.#voice.client.status(name);
    this.#become(name);
    this.#show(status);
    return status;
  }

  /** @param {string | null} speaker who is at the page from now on; what was told of others is gone */
  #become(speaker) {
    if (speaker !== this.#person) {
      this.#screens.data.clear();
      this.#screens.bench.show(null);
      this.#identify.clear();
    }
    this.#person = speaker;
    if (speaker !== null) {
      this.#voice.speaker = speaker;
    }
    if (!this.#isAuthOn) {
      person.rememberName(speaker);
    }
    person.showPerson(speaker);
  }

  /**
   * @param {string} name
   * @param {string} password
   * @param {boolean} isNew the account is to be made
   * @param {string} invitation to make it, where one is needed
   */
  async #signIn(name, password, isNew, invitation) {
    if (isNew) {
      await this.#voice.client.createAccount(name, password, { invitation });
    }
    person.rememberToken(await this.#voice.client.signIn(name, password));
    person.forgetPassword();
    await this.#meet();
    person.focusAfterSigning();
  }

  /** Somebody else is at the page. */
  async #leave() {
    await this.#session.release();
    if (this.#isAuthOn) {
      await this.#voice.client.signOut().finally(() => person.rememberToken(null));
    }
    person.forgetEntries();
    await this.#forget();
    person.focusAfterSigning();
  }

  #forgetToken() {
    person.rememberToken(null);
    this.#voice.client.resume(null);
  }

  async #forget() {
    this.#forgetToken();
    this.#become(null);
    await this.#meet();
    await this.#open(location.hash.slice(1)).catch((error) => showFailure(error));
  }

  /** The session is over, and the person did not end it. */
  async #tellEnd() {
    await this.#forget();
    if (!find("#sign-in").hidden) {
      showAlert(() => text("account.ended"), { level: "warn" });
      person.focusAfterSigning();
    }
  }

  /** Somebody begins to use the page, or everything about them has changed; nothing can be begun before that is known. */
  async #meet() {
    const asked = (this.#asked = {});
    person.holdWorkplace(true);
    try {
      const access = await this.#voice.client.access();
      const isAuthOn = access.auth === "on";
      const speaker = isAuthOn ? access.speaker : this.#person;
      const status = speaker === null ? null : await this.#voice.client.status(speaker);
      if (asked !== this.#asked) {
        return;
      }
      clearAlert();
      if (isAuthOn && speaker === null) {
        this.#forgetToken(); // of a session that is over, as after everything was deleted
      }
      this.#isAuthOn = isAuthOn;
      promptWith(access.prompt_words);
      person.showAccess(access);
      this.#become(speaker);
      this.#screens.voice.begin(status);
      this.#show(status);
    } catch (error) {
      if (asked !== this.#asked) {
        return;
      }
      if (this.#person !== null) {
        this.#screens.data.clear("data.away", this.#person);
      }
      showFailure(error, () => this.#meet());
    }
    person.holdWorkplace(false);
  }

  /** Shows what the service keeps now, or after a later change: whoever waits goes on with no less. */
  async #refresh(isRetry = false) {
    const speaker = this.#person;
    if (speaker === null) {
      return;
    }
    this.#asking = this.#voice.client.status(speaker);
    try {
      let [asked, status] = [this.#asking, await this.#asking];
      while (asked !== this.#asking) {
        [asked, status] = [this.#asking, await this.#asking];
      }
      if (speaker === this.#person) {
        this.#show(status);
      }
      if (isRetry) {
        clearAlert();
      }
    } catch (error) {
      this.#screens.data.clear("data.away", speaker); // what is shown may be gone
      showFailure(error, () => this.#refresh(true));
    }
  }

  /** @param {Status | null} status of the person */
  #show(status) {
    this.#screens.voice.update(status);
    if (status) {
      this.#screens.data.show(status);
      this.#screens.bench.show(status);
    }
  }
}

/**
 * The threshold's panel is loaded when it is asked for: few do.
 * @param {import("./api-client.js").ApiClient} client
 */
function offerMeasuring(client) {
  const button = find("#limit-measure");
  /** @type {import("./ui/threshold-panel.js").ThresholdPanel | undefined} */
  let panel;
  button.addEventListener("click", () =>
    whileBusy(button, async () => {
      const { ThresholdPanel } = await loaded(import("./ui/threshold-panel.js"));
      panel ??= new ThresholdPanel(client);
      await panel.measure();
    }),
  );
}

async function openPage() {
  await offerLanguages();
  offerThemes();
  offerExplanation();
  const sent = new SentPanel();
  await new Page(await loadFrontend(), sent).begin();
}

openPage().catch((error) => showFailure(error, () => location.reload()));
