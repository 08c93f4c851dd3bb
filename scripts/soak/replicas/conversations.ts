/** What somebody says in ten turns; conversations differ from their first word on, so that none finds what another left. */
const subjects = [
  ...["bridges", "tides", "bread", "owls", "clocks", "glaciers", "violins", "lighthouses"],
  ...["volcanoes", "looms", "comets", "beehives", "canals", "mosaics", "deserts", "windmills"],
];

const turns: readonly ((subject: string) => string)[] = [
  (subject) =>
    `${subject[0]?.toUpperCase()}${subject.slice(1)} are what I want to hear about. Where do they come from, and who?`,
  (subject) =>
    `That is more than I knew. What would somebody need who wants to see ${subject} with their own eyes in spring?`,
  () => `And in winter, when the days are short and the roads are closed? Would it be worth the long journey then?`,
  (subject) =>
    `My grandmother used to tell a story about ${subject}, but I forgot how it ended. Do you know one of them?`,
  () => `Please go on. Who else was there, and what did they say to each other before the evening came?`,
  (subject) => `Let us go back to the beginning. Which of the things that you said about ${subject} are certain?`,
  () => `Could you say that once more for a child of seven, in short sentences and without any long words?`,
  (subject) => `Now the opposite: explain to an expert how ${subject} are measured, with numbers where there are some.`,
  () => `I wrote that down. What have we left out so far that people usually ask about at this point?`,
  (subject) => `Thank you. Sum up in one sentence what we said about ${subject}, so that I can remember it.`,
];

/** What the user says, turn by turn, of sixteen conversations. */
export const conversations: readonly (readonly string[])[] = subjects.map((subject) =>
  turns.map((turn) => turn(subject)),
);
