// Two soft notes, made on the spot. False where the browser does not let a page be heard that nobody has touched yet.
const NOTES = [659.25, 987.77]; // E5, B5
const LENGTH = 0.18;

export async function chime() {
  if (!("AudioContext" in window) || !navigator.userActivation?.hasBeenActive) return false;
  const context = new AudioContext();
  NOTES.forEach((pitch, index) => {
    const start = context.currentTime + index * LENGTH;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.12, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH * 2);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + LENGTH * 2);
  });
  setTimeout(() => context.close(), 1500);
  return true;
}
