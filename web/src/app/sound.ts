/** Sounds, made here: two notes for what is new, four for what nobody answered. */
const NOTES_HZ = [660, 880];
const NOTE_S = 0.16;
const LOUD = 0.14;

let audio: AudioContext | undefined;

function note(a: AudioContext, hz: number, at: number): void {
  const tone = a.createOscillator();
  const gain = a.createGain();
  tone.frequency.value = hz;
  gain.gain.setValueAtTime(LOUD, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + NOTE_S);
  tone.connect(gain).connect(a.destination);
  tone.start(at);
  tone.stop(at + NOTE_S);
}

/** Nothing where the browser has no sound, or allows none before somebody touched the page. */
export function sounded(urgent: boolean): void {
  try {
    audio ??= new AudioContext();
    const a = audio;
    const notes = urgent ? [...NOTES_HZ, ...NOTES_HZ] : NOTES_HZ;
    void a.resume().then(() => notes.forEach((hz, i) => note(a, hz, a.currentTime + i * NOTE_S)));
  } catch {
    /* the toast and the title say it */
  }
}
