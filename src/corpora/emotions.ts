/** The eight emotions in the order of every probability vector, confusion matrix and file of this project. */
export const emotions = [
  "neutral",
  "calm",
  "happy",
  "sad",
  "angry",
  "fearful",
  "disgust",
  "surprised",
] as const;

export type Emotion = (typeof emotions)[number];

/** The emotion's place in `emotions`, 0 to 7. */
export function emotionIndex(emotion: Emotion): number {
  return emotions.indexOf(emotion);
}

/** The emotion with the largest probability of eight in their order; of equal ones the first. */
export function likeliestEmotion(probabilities: readonly number[]): Emotion {
  return emotions[probabilities.indexOf(Math.max(...probabilities))]!;
}

/** Whether a text is one of the eight emotions. */
export function isEmotion(text: string): text is Emotion {
  return (emotions as readonly string[]).includes(text);
}
