const wrapped = `The harbour lay still in the early light. Two fishing boats were tied to the quay, and a man in a blue
coat was carrying crates from one of them to a small van. He worked slowly, as if the day were long enough for everything
that had to be done in it. Across the water the bells of the church began to ring, first one and then the other, and a
flock of gulls rose from the roofs and turned in a wide circle over the town.

Anna watched from the window of the bakery. She had been up since three o'clock, like every morning of the last eleven
years, and the first loaves were already cooling on the shelves behind her. In an hour the shop would be full of people
who talked about the weather, the price of diesel and the new road that the council wanted to build. For now there was
only the hum of the oven and the smell of bread.

She thought about the letter that had come on Monday. It was from a company in the city that made machines for large
bakeries, and it offered her a sum of money for the recipe of her rye bread. The letter was polite and short. It said that
the bread was known far beyond the coast, that many people would like to buy it, and that the company would print her name
on every bag. She had read it four times and then put it into the drawer with the bills.

A recipe, she thought, is not much: flour, water, salt, and time. What made the bread good was something else. It was the
old stone oven, the cold air that came in from the sea at night, and the fact that she knew by the sound of the crust when
a loaf was done. None of that would fit into a bag. When the door opened and the man in the blue coat came in, she had made
up her mind, and she gave him his two rolls and smiled.`;

/** Written for the comparisons; about 400 tokens of plain English, a line for each paragraph. */
export const passage = wrapped.replaceAll(/([^\n])\n(?!\n)/g, "$1 ");
