/** A line for each paragraph, as they are read. */
const unwrapped = (text: string): string => text.replaceAll(/([^\n])\n(?!\n)/g, "$1 ");

const harbour = `The harbour lay still in the early light. Two fishing boats were tied to the quay, and a man in a blue
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

/** Written for the comparisons; about 400 tokens of plain English. */
export const passage = unwrapped(harbour);

/** The beginning of the Universal Declaration of Human Rights (United Nations, 1948). */
export const rights =
  unwrapped(`Whereas recognition of the inherent dignity and of the equal and inalienable rights of all members of the human family is
the foundation of freedom, justice and peace in the world,

Whereas disregard and contempt for human rights have resulted in barbarous acts which have outraged the conscience of
mankind, and the advent of a world in which human beings shall enjoy freedom of speech and belief and freedom from fear and
want has been proclaimed as the highest aspiration of the common people,

Whereas it is essential, if man is not to be compelled to have recourse, as a last resort, to rebellion against tyranny and
oppression, that human rights should be protected by the rule of law,

Article 1. All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and
should act towards one another in a spirit of brotherhood.

Article 2. Everyone is entitled to all the rights and freedoms set forth in this Declaration, without distinction of any
kind, such as race, colour, sex, language, religion, political or other opinion, national or social origin, property, birth
or other status.

Article 3. Everyone has the right to life, liberty and security of person.

Article 4. No one shall be held in slavery or servitude; slavery and the slave trade shall be prohibited in all their forms.

Article 5. No one shall be subjected to torture or to cruel, inhuman or degrading treatment or punishment.

Article 6. Everyone has the right to recognition everywhere as a person before the law.

Article 7. All are equal before the law and are entitled without any discrimination to equal protection of the law.

Article 8. Everyone has the right to an effective remedy by the competent national tribunals for acts violating the
fundamental rights granted him by the constitution or by law.

Article 9. No one shall be subjected to arbitrary arrest, detention or exile.`);

/** As a manual has it, which is what helium-nano has read. */
export const manual =
  unwrapped(`To install a package from the command line, open a terminal and become the administrator. First update the list of
packages, so that the newest versions are known:

apt-get update

Then name the package that you want:

apt-get install gimp

The program tells you which other packages are needed and how much space they take, and asks whether to go on. Type Y and
press Enter. When the installation is finished, the program can be started from the menu or by typing its name. To remove
it again, use apt-get remove; its settings stay on the disk until you use apt-get purge.

If the installation stops because a package could not be fetched, check the connection to the network and the entries in
the file /etc/apt/sources.list. Each line names a server and the parts of the distribution that are taken from it. Lines
that begin with # are comments. After a change, update the list of packages again before you try once more.

Pictures are opened with File > Open. The image window shows the picture, the toolbox holds the tools, and the dialog of
layers lists the layers from top to bottom. To make a part of the picture brighter, select it with the rectangle tool,
choose Colors > Levels, and move the middle triangle to the left. The change is only seen inside the selection. When you are
content, save the picture with File > Export, since File > Save writes the format of the program itself, which keeps the
layers but is not read by other programs.`);
