/** A short sound of two tones, made by the browser: no file is loaded. */

const TONES = [660, 880];
const LENGTH = 0.14;
const LOUDNESS = 0.08;

/** True if the host can play it. */
export function hasSound(): boolean {
  return typeof globalThis.AudioContext === "function";
}

export function playSound(): void {
  if (!hasSound()) return;
  try {
    const context = new AudioContext();
    for (const [index, frequency] of TONES.entries())
      playTone(context, frequency, context.currentTime + index * LENGTH);
    setTimeout(() => void context.close(), (TONES.length * LENGTH + 0.5) * 1000);
  } catch {
    // The browser plays nothing before the user's first click, or has no more audio contexts.
  }
}

function playTone(context: AudioContext, frequency: number, start: number): void {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
  volume.gain.linearRampToValueAtTime(0, start + LENGTH);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + LENGTH);
}
