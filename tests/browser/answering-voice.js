/**
 * Put into a page before its scripts: a microphone in whose place somebody says the digit that the page
 * shows. The sound is real and goes through the page's own audio graph.
 */
(() => {
  const WAIT_MS = 250; // a person reads before speaking
  const voice = { takes: {}, isWrong: false, isRefused: false, noise: 0, rateHz: 16_000 };
  globalThis.answeringVoice = voice;
  let context, outlet;

  function samplesOf(base64) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return Float32Array.from(new Int16Array(bytes.buffer), (value) => value / 32_768);
  }

  function play(samples, isLooped = false) {
    const buffer = context.createBuffer(1, samples.length, voice.rateHz);
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer, loop: isLooped });
    source.connect(outlet);
    source.start();
  }

  /** @param {number} digit asked for; its takes are said one after the other, the last of them again and again */
  function answer(digit) {
    const takes = voice.takes[voice.isWrong ? (digit + 1) % 10 : digit];
    play(samplesOf(takes.length > 1 ? takes.shift() : takes[0]));
  }

  voice.say = answer;

  navigator.mediaDevices.getUserMedia = async () => {
    if (voice.isRefused) {
      throw new DOMException("refused by the test", "NotAllowedError");
    }
    context = new AudioContext();
    await context.resume();
    outlet = context.createMediaStreamDestination();
    play(Float32Array.from({ length: voice.rateHz }, () => (Math.random() - 0.5) * (voice.noise + 1e-4)), true);
    return outlet.stream;
  };

  const isPrompt = (node) => node instanceof Element && node.matches(".orb-digit");
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]).filter(isPrompt)) {
      setTimeout(() => node.isConnected && context && answer(Number(node.textContent)), WAIT_MS);
    }
  }).observe(document, { childList: true, subtree: true });
})();
