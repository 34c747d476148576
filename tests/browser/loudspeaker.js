// A microphone for tests that hears what the test plays: say("/spoken/NAME") plays a recording to it.
{
  const context = new AudioContext({ sampleRate: 48_000 });
  const hall = context.createMediaStreamDestination();
  navigator.mediaDevices.getUserMedia = async () => {
    await context.resume();
    return hall.stream.clone();
  };
  globalThis.say = async (url) => {
    const sound = await (await fetch(url)).arrayBuffer();
    const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(sound) });
    source.connect(hall);
    source.start(context.currentTime + 0.4);
  };
}
