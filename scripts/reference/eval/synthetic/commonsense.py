"""Items in the form of CommonsenseQA, PIQA, Social IQa and WinoGrande."""

# (question, concept, five choices, index)
COMMONSENSE_QA = {
    "train": [
        ("Where would you keep a document that you still need to edit?", "document", ["home folder", "trash", "fridge", "printer tray", "oven"], 0),
        ("What do people use to cut paper?", "paper", ["scissors", "soup", "a towel", "a lamp", "a pillow"], 0),
        ("If you are tired, what should you do?", "tired", ["run", "shout", "sleep", "paint", "sing"], 2),
        ("Where does a guest usually wait before a meeting?", "guest", ["a cupboard", "the lobby", "the roof", "a drawer", "a chimney"], 1),
        ("What is a map for?", "map", ["eating", "finding the way", "washing", "making music", "sleeping"], 1),
        ("What do you turn on when a room is dark?", "dark", ["the tap", "the oven", "the radio", "the light", "the fan"], 3),
        ("Why would someone close a window on the screen?", "window", ["it is cold", "they are done with it", "it is raining", "to wash it", "to sell it"], 1),
    ],
    "validation": [
        ("Where do deleted files usually go first?", "deleted", ["the trash", "the moon", "a friend", "the kitchen", "a cable"], 0),
        ("What would you do with a password?", "password", ["tell everyone", "keep it secret", "eat it", "paint it on a wall", "throw it at a dog"], 1),
        ("A person wants to hear music without disturbing others. What should they use?", "music", ["loudspeakers", "a drum", "headphones", "a whistle", "an open window"], 2),
        ("Where can you find many books that you may borrow?", "books", ["a bakery", "a library", "a garage", "a swimming pool", "a bank"], 1),
        ("What does a camera produce?", "camera", ["bread", "rain", "pictures", "heat", "wool"], 2),
        ("What is likely to happen when you pull out the plug of a running computer?", "plug", ["it prints", "it turns off", "it sings", "it updates", "it grows"], 1),
        ("What would you put a letter in?", "letter", ["an envelope", "a shoe", "a lamp", "a bottle of milk", "a hat"], 0),
        ("Why do people make backups?", "backup", ["to lose data", "to be safe", "to warm the room", "to get lost", "to annoy guests"], 1),
        ("What do you need to open a locked door?", "door", ["a key", "a fork", "a song", "a cloud", "a stamp"], 0),
        ("Where is a mouse moved when somebody uses a desktop computer?", "mouse", ["in a field", "on a pad", "in a cage", "under water", "in the air"], 1),
        ("What do you do with a file that is too large to send?", "file", ["compress it", "boil it", "bury it", "fold it", "knit it"], 0),
        ("If many people translate a program, what does it gain?", "translate", ["more weight", "more languages", "more rust", "more noise", "more wheels"], 1),
        ("What does a baker do early in the morning?", "baker", ["bake bread", "close the shop", "go fishing", "repair shoes", "count stars"], 0),
        ("Where would a sailor see a lighthouse?", "lighthouse", ["in a cellar", "on the coast", "in a forest", "on a desk", "in a tunnel"], 1),
        ("What may you feel after finishing a long piece of work?", "work", ["hunger for gravel", "relief", "blue", "rectangular", "asphalt"], 1),
        # A question with spaces at its end; letters outside ASCII; two spaces; a choice that begins with a letter and a dot.
        ("What do you call a person who maintains a package?  ", "package", ["a maintainer", "a postman", "a box", "a parcel", "a ship"], 0),
        ("Where in Europe is the “Île-de-France”?", "region", ["España", "France", "Österreich", "Česko", "Ελλάδα"], 1),
        ("Which  key removes the character to the left of the cursor?", "key", ["Backspace", "Enter", "Caps Lock", "F1", "Tab"], 0),
        ("Which answer comes first in the alphabet?", "alphabet", ["B. banana", "A. apple", "E. elder", "C. cherry", "D. date"], 1),
        ("Which of these shows that somebody is happy?", "happy", ["😀", "😢", "😡", "😴", "😱"], 0),
    ],
}

# (goal, sol1, sol2, label)
PIQA = {
    "train": [
        ("How do you rename a file in the file manager?", "Select it, press F2 and type the new name.", "Select it, press Delete and type the new name.", 0),
        ("Dry a wet book", "Put it into a bucket of water for a night.", "Stand it upright with its pages fanned out.", 1),
        ("Keep a door from slamming", "Put a wedge under it.", "Put a candle under it.", 0),
        ("how do you sharpen a pencil?", "turn it in a sharpener.", "turn it in a glass of milk.", 0),
        ("To free space on a disk,", "copy every file twice.", "empty the trash.", 1),
        ("Take a screenshot", "Press the Print Screen key.", "Photograph the keyboard.", 0),
        ("Remove a sticker from glass", "Soak it with warm water and peel it off.", "Hit the glass with a hammer.", 0),
    ],
    "validation": [
        ("Crop a picture in an image editor", "Draw a rectangle with the crop tool and press Enter.", "Draw a rectangle on the screen with a pen and press harder.", 0),
        ("To copy text from one document to another,", "select it, press Ctrl+C, go to the other document and press Ctrl+V.", "select it, press Ctrl+Z, go to the other document and press Ctrl+Z.", 0),
        ("Boil an egg", "Lay it in cold flour for ten minutes.", "Lay it in boiling water for eight minutes.", 1),
        ("How do you find out how full a disk is?", "Run the command df.", "Run around the desk.", 0),
        ("Clean a keyboard", "Turn it over and shake out the crumbs.", "Fill it with soup and shake it.", 0),
        ("Make a table in a text document", "Choose Insert Table and give the number of rows and columns.", "Type the word table and wait.", 0),
        ("How do you keep bread fresh?", "Leave it on the window sill in the sun.", "Keep it in a closed box.", 1),
        ("Undo the last change", "Press Ctrl+Z.", "Pull out the mouse.", 0),
        ("Light a dark cellar", "Hang up a black curtain.", "Hang up a lamp.", 1),
        ("Install a package on Debian", "Run apt install with the package's name.", "Mail the package's name to the printer.", 0),
        ("Mark a page in a book", "Lay a strip of paper between the pages.", "Lay a brick between the pages.", 0),
        ("To see hidden files,", "press Ctrl+H in the file manager.", "hold the screen up to the light.", 0),
        ("Tie a parcel", "Use a spoon.", "Use a string.", 1),
        ("Scale a picture to half its width", "Open the scale dialog and type 50 percent.", "Open the window and type louder.", 0),
        ("Water plants while you are away", "Ask a neighbour to come by.", "Ask the plants to wait.", 0),
        # Same beginning; a goal with trailing space; outside ASCII; two spaces; equal solutions but for a dot.
        ("Type the letter “é” on a keyboard that lacks it ", "Press the Compose key, then ' and e.", "Press the Compose key, then 🐭 and e.", 0),
        ("Wie schreibt man “ß” in capitals?", "Write “SS” or “ẞ”.", "Write “Б”.", 0),
        ("Separate  two paragraphs", "Press Enter  twice.", "Press Escape  twice.", 0),
        ("End a sentence", "Write a dot at its end", "Write a dot at its end.", 1),
        ("Zoom in", "Press Ctrl and +.", "Press Ctrl and −, which makes everything smaller and smaller until nothing at all can be seen.", 0),
    ],
}

# (context, question, A, B, C, label)
SIQA = {
    "train": [
        ("Ada wrote a long manual for the program.", "How would the users feel afterwards?", "thankful", "hungry", "cold", 1),
        ("Ben forgot to save his text before the power failed.", "How would Ben feel afterwards?", "proud", "annoyed", "sleepy", 2),
        ("Carla answered all questions on the mailing list.", "How would you describe Carla?", "lazy", "rude", "helpful", 3),
        ("Dora wanted to learn how to draw.", "What will Dora want to do next?", "buy a pencil", "sell her desk", "forget it", 1),
        ("Emil reported a mistake in the translation.", "What will the translators want to do next?", "hide it", "mend it", "print it on shirts", 2),
        ("Fritz lent his umbrella to a stranger.", "How would you describe Fritz?", "kind", "greedy", "late", 1),
    ],
    "validation": [
        ("Gina found out that her package had been accepted.", "How would Gina feel afterwards?", "glad", "thirsty", "betrayed", 1),
        ("Hugo spent the whole night looking for one wrong comma.", "What will Hugo want to do next?", "write more commas", "sleep", "learn to swim", 2),
        ("Ines wanted everybody to read her slides.", "What does Ines need to do before this?", "choose a large font", "lock the door", "lose the cable", 1),
        ("Jan broke the build on a Friday evening.", "What will the others want to do?", "thank Jan", "go fishing with Jan", "ask Jan to repair it", 3),
        ("Kira helped a new member of the project with the first patch.", "Why did Kira do this?", "to be friendly", "to be feared", "to be paid in cake", 1),
        ("Leo shared his photographs under a free licence.", "What will others be able to do?", "own Leo's house", "use them too", "forbid them", 2),
        ("Mara dropped her laptop on the stairs.", "How would Mara feel afterwards?", "worried", "bored", "famous", 1),
        ("Nils apologised for his harsh review.", "How would you describe Nils?", "stubborn", "considerate", "noisy", 2),
        ("Olga closed two hundred old reports.", "What will Olga want to do next?", "take a break", "open them again", "move abroad", 1),
        ("Paul read the handbook before he asked.", "Why did Paul do this?", "to waste time", "to break the printer", "to find the answer himself", 3),
        ("Quinn's font had no letter for the name of a friend.", "What will Quinn want to do next?", "draw the letter", "change the friend", "burn the font", 1),
        ("Rosa organised a meeting of the users' group.", "What does Rosa need to do before this?", "find a room", "drive home", "wash the tables afterwards", 1),
        ("Sam kept the secret that Tina had told.", "How would Tina feel as a result?", "angry", "able to trust Sam", "seasick", 2),
        ("Uwe thanked all who had sent patches.", "What will they want to do next?", "stop", "complain", "send more", 3),
        ("Vera copied the homework of a friend.", "How would the teacher feel?", "disappointed", "delighted", "weightless", 1),
        # Question and context without a full stop; outside ASCII; spaces at the ends; a label as in the files, with a newline.
        ("Zoë übersetzte das Handbuch ins Français", "How would you describe Zoë?", "polyglot", "naïve", "blasé", 1),
        ("Walter gave his seat to an old man. ", "What will the old man do?", "sit down ", " stand", "swim", 1),
        ("Xenia  typed  two  spaces  everywhere.", "What will the editor do?", "remove them", "add more", "cry", 1),
        ("Yusuf won the prize 🏆 and gave it away.", "How would you describe Yusuf?", "generous 😊", "mean 😠", "asleep 😴", 1),
        ("Two friends argued over tabs and spaces.", "What will happen to them?", "they will make up", "they will make up.", "they will turn into tabs", 1),
    ],
}

# (sentence, option1, option2, answer)
WINOGRANDE = {
    "train": [
        ("The file did not fit on the disk because the _ was too large.", "file", "disk", "1"),
        ("The file did not fit on the disk because the _ was too small.", "file", "disk", "2"),
        ("Anna asked Bertha for help since _ knew the program well.", "Anna", "Bertha", "2"),
        ("Anna asked Bertha for help since _ did not know the program.", "Anna", "Bertha", "1"),
        ("The lamp was put on the table and not on the shelf, as the _ was stable.", "table", "shelf", "1"),
        ("Karl lent Lukas his bike, so _ had to walk home.", "Karl", "Lukas", "1"),
        ("The menu hid the picture until the _ was closed.", "picture", "menu", "2"),
    ],
    "validation": [
        ("The printer was cheaper than the scanner, so we could afford only the _ .", "printer", "scanner", "1"),
        ("Maria wrote to Nora every week because _ enjoyed reading letters.", "Maria", "Nora", "2"),
        ("The brush left a wider line than the pencil because the _ was set to a large size.", "brush", "pencil", "1"),
        ("Otto taught Peter to use layers, and _ was grateful.", "Otto", "Peter", "2"),
        ("The cable could not reach the socket, since the _ was too short.", "cable", "socket", "1"),
        ("The old font was replaced by the new one because the _ font was hard to read.", "new", "old", "2"),
        ("Rita trusted the backup more than the original, as the _ had been damaged.", "backup", "original", "2"),
        ("Stefan envied Timo for his keyboard, so _ bought the same one.", "Stefan", "Timo", "1"),
        ("The column was too narrow for the number, so the _ was widened.", "number", "column", "2"),
        ("The window covered the icon, so Udo moved the _ away.", "window", "icon", "1"),
        ("Wanda reviewed the patch of Xaver before _ could merge it.", "Wanda", "Xaver", "2"),
        ("The rain did not harm the tent but it ruined the map, because the _ was waterproof.", "tent", "map", "1"),
        ("The soup was hot and the bread was cold, so Yann waited before tasting the _ .", "bread", "soup", "2"),
        ("We took the train and not the bus because the _ was faster.", "train", "bus", "1"),
        ("The server answered the client only after the _ had sent a password.", "server", "client", "2"),
        # The gap first and last; outside ASCII; two spaces around the gap; options of several words; a second underscore.
        ("_ was easier to translate than the handbook, so we began with the leaflet.", "The leaflet", "The handbook", "1"),
        ("Of Zoë and Jörg, the one who speaks Español is _", "Zoë", "Jörg", "1"),
        ("The cup fell off the  _  because it was tilted.", "tray", "floor", "1"),
        ("The key of the front door and the key of the cellar look alike, but only the _ opens the house.", "key of the cellar", "key of the front door", "2"),
        ("The variable my_name is shorter than the _ so it is typed faster.", "constant", "name", "1"),
    ],
    "test": [
        ("The folder was empty and the box was full, so we put the letters into the _ .", "folder", "box", ""),
        ("Ulla called Vroni because _ had not answered the mail.", "Ulla", "Vroni", ""),
    ],
}
