/**
 * Put into a page before its scripts: a microphone in whose place somebody says the digit that the page
 * shows (or, where `words` are set, the digit whose word it shows), or that a script asks for by
 * answeringVoice.say(). The sound is real and goes through the page's own audio graph.
 */
(() => {
  const WAIT_MS = 100; // a person reads before speaking, if not as fast
  const PATIENCE_MS = 3000; // and says it again if nothing happens
  const RATE_HZ = 16_000;
  const voice = { takes: null, isWrong: false, isRefused: false };
  globalThis.answeringVoice = voice;
  let state = 1;
  // The same digits are asked for in the same order in every run, so a verdict does not hang on a draw (Park and
  // Miller, 1988).
  Math.random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  let context, outlet, noise;
  let noiseLevel = 1e-4;

  function samplesOf(base64) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return Float32Array.from(new Int16Array(bytes.buffer), (value) => value / 32_768);
  }

  function play(samples, target, isLooped = false) {
    const buffer = context.createBuffer(1, samples.length, RATE_HZ);
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer, loop: isLooped });
    source.connect(target);
    source.start();
  }

  /** @param {number} digit asked for; its takes are said one after the other, the last of them again and again */
  function answer(digit) {
    if (voice.isMute) {
      return;
    }
    const takes = voice.takes[voice.isWrong ? (digit + 1) % 10 : digit];
    play(samplesOf(takes.length > 1 ? takes.shift() : takes[0]), outlet);
  }

  function sayWhileShown(node) {
    if (node.isConnected && context) {
      answer(voice.words ? voice.words.indexOf(node.textContent) : Number(node.textContent));
      setTimeout(() => sayWhileShown(node), PATIENCE_MS);
    }
  }

  voice.say = (digit) => setTimeout(() => answer(digit), WAIT_MS);
  /** @param {number} level of the room, 0 to 1 */
  voice.setNoise = (level) => {
    noiseLevel = level;
    if (noise) {
      noise.gain.value = level;
    }
  };

  navigator.mediaDevices.getUserMedia = async () => {
    if (voice.isRefused) {
      throw new DOMException("refused by the test", "NotAllowedError");
    }
    voice.takes ??= JSON.parse(await globalThis.recordedTakes());
    context = new AudioContext();
    await context.resume();
    outlet = context.createMediaStreamDestination();
    noise = new GainNode(context, { gain: noiseLevel });
    noise.connect(outlet);
    play(Float32Array.from({ length: RATE_HZ }, () => Math.random() - 0.5), noise, true);
    return outlet.stream;
  };

  const isPrompt = (node) => node instanceof Element && node.matches(".orb-digit");
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]).filter(isPrompt)) {
      setTimeout(() => sayWhileShown(node), WAIT_MS);
    }
  }).observe(document, { childList: true, subtree: true });
})();
