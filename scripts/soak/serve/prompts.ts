/** Prompts of 3 to some 60 tokens; some begin alike. */
const starts = [
  "Once upon a time there was a king who",
  "The capital of France is",
  "Um das System zu installieren,",
  "Il était une fois, dans une grande forêt,",
  "def fibonacci(n):",
  "Water boils at",
  "In the beginning the universe was created. This has made a lot of people very angry and",
  "Había una vez",
];

export const prompts: readonly string[] = starts.flatMap((start) => [start, `${start} one day in spring`]);
