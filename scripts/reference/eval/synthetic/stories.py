"""Items in the form of HellaSwag: (activity, ctx_a, ctx_b, four endings, index of the right one)."""

HELLASWAG = {
    "train": [
        ("Editing a picture", "A woman opens a photograph in an image editor.", "she", ["chooses the crop tool and draws a rectangle.", "closes the lid and leaves the room for a year.", "pours water over the screen to wash it.", "reads the picture aloud to the keyboard."], 0),
        ("Baking bread", "A man mixes flour, water and salt in a bowl. He lets the dough rest.", "then he", ["throws the oven out of the window.", "shapes a loaf and puts it into the oven.", "writes a letter on the dough and mails it.", "ties the dough to a bicycle."], 1),
        ("Computers and Electronics", "[header] How to change the wallpaper [title] Open the settings. [step] Click the menu in the corner and choose Settings.", "", ["[substeps] The window lists all settings on its left side.", "Eat the mouse while it is warm.", "Take the wall down with a hammer.", "Paint the desk blue."], 0),
        ("Riding a bike", "A girl puts on a helmet and sits on her bike. Her father holds the saddle.", "after a few metres he", ["starts to cook a soup on the saddle.", "lets go, and she rides alone.", "sells the road to a stranger.", "turns into a bicycle."], 1),
        ("Repairing a chair", "An old chair stands on a bench. A carpenter takes off its broken leg.", "he", ["fits a new leg and glues it in.", "eats the leg with butter.", "sits down on the missing leg.", "calls the chair by its first name."], 0),
        ("Home and Garden", "[header] How to plant bulbs [title] Choose a sunny place. [step] Bulbs like soil that is not too wet.", "", ["Boil the soil for an hour.", "Dig holes twice as deep as the bulbs are high.", "Hang the bulbs from the ceiling.", "[title] Sell the garden."], 1),
    ],
    "validation": [
        ("Writing a document", "A student opens a text document and types a title.", "the student", ["selects the title and makes it bold.", "shouts the title at the printer until it melts.", "peels the title off the screen.", "waters the title every morning."], 0),
        ("Installing a system", "A man puts an installation disk into a computer and starts it. A menu appears.", "he", ["leaves the menu there for ever.", "chooses his language and presses Enter.", "puts a second computer into the first.", "folds the menu into a paper boat."], 1),
        ("Making tea", "A kettle boils on the stove. A woman puts tea leaves into a pot.", "she", ["pours the hot water over the leaves.", "paints the stove green.", "throws the pot at the kettle.", "counts the leaves of a tree."], 0),
        ("Playing chess", "Two men sit at a chess board. One of them moves a pawn.", "the other", ["swallows the board.", "thinks for a while and moves his knight.", "irons the pawn.", "climbs into the clock."], 1),
        ("Computers and Electronics", "[header] How to take a screenshot [title] Press the Print Screen key. [step] A dialog opens that shows the picture.", "", ["Carry the picture to the sea.", "Choose a name for it and save it.", "Wait until the key presses you.", "Put the dialog under your pillow."], 1),
        ("Computers and Electronics", "[header] How to make a backup [title] Connect a second disk. [step] It should be at least as large as the first one.", "", ["Start the backup program and choose what to copy.", "Unplug both disks and mix them.", "Freeze the disks.", "[title] Forget what you wanted to do."], 0),
        ("Cutting the grass", "A lawn mower stands in a garden. A man pulls its cord.", "the engine", ["starts, and he pushes it across the lawn.", "sings a song about the sea.", "writes a novel.", "becomes a tree."], 0),
        ("Translating a program", "A woman loads a list of messages into an editor. She reads the first one.", "she", ["types its translation and goes on to the next.", "deletes the language from the world.", "prints the editor on the message.", "waits for the messages to translate her."], 0),
        ("Painting a wall", "A young man covers the floor with old newspapers. He opens a tin of white paint.", "he", ["drinks a glass of sand.", "dips a roller into it and starts at the top of the wall.", "reads all of the newspapers to the tin.", "closes the wall."], 1),
        ("Washing a dog", "A dog stands in a tub. Its owner takes a brush and some soap.", "the dog", ["shakes itself, and everyone gets wet.", "dries the owner's hair with a fork.", "signs a contract.", "buys the tub."], 0),
        ("Family Life", "[header] How to choose a password with your child [title] Think of a long sentence. [step] It should be easy to remember.", "[step] use", ["the first letter of each word.", "a goat as the keyboard.", "the fridge to keep it fresh.", "no letters, no digits and no signs at all, ever, under any circumstances."], 0),
        ("Surfing", "A man carries a board into the sea. A big wave comes.", "he", ["kneels on the board and stands up as the wave lifts it.", "asks the wave for its ticket.", "puts the wave into a bag.", "paints the horizon."], 0),
        ("Printing", "A printer blinks red. A woman opens its front and finds a crumpled sheet.", "she", ["pulls the sheet out and closes the front.", "becomes a sheet herself.", "closes her eyes until the printer is a bird.", "pours coffee into the paper tray."], 0),
        ("Skiing", "People stand in line at a lift. A boy in a red jacket sits down on the chair.", "the chair", ["lifts him up the hill.", "asks him for a dance.", "eats the jacket.", "melts into the snow."], 0),
        ("Sorting a table", "A clerk opens a spreadsheet with a long list of names.", "he", ["selects the column and sorts it from A to Z.", "tears the column out of the screen.", "cooks the names for ten minutes.", "sends each name to bed."], 0),
        # `capitalize` lowers all but the first letter, and knows letters that become two, and those outside ASCII; three
        # spaces; brackets that do not close; [title] without a space before it; endings with spaces at their ends.
        ("Using GIMP", "A user starts GIMP on Debian.", "GIMP on the Debian System SHOWS its window, and", ["the user opens a Picture.", "the window opens the user.", "Debian closes the sun.", "the System eats GIMP."], 0),
        ("Faire du café", "Une femme moud du café à l’aube.", "ﬁnalement Élise", ["verse l’eau bouillante.", "vend la lune à crédit.", "peint le chat en bleu.", "mange la tasse."], 0),
        ("Spaces", "A   row of three spaces,  and a row of two.", "", [" leading space", "trailing space ", "two  spaces", "three   spaces"], 1),
        ("Brackets", "[title]Write a list[substeps] An open [ bracket stays.", "then [title] write", ["[step] the first item.", "a [second] item [third].", "nothing ]at all[.", "[title] [title] the end."], 0),
        ("Emoji 🎨", "Someone draws a 🐧 with a tablet.", "👩‍🎨 she", ["adds its feet 🦶🦶.", "eats the tablet 🍽️.", "sells the sea 🌊.", "x"], 0),
    ],
}
