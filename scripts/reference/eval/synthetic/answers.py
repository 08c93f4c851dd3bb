"""Items in the form of TriviaQA and NQ-open."""

# (question, value, aliases beside it, type)
TRIVIA_QA = {
    "train": [
        ("Which animal is the mascot of Linux?", "Penguin", ["A penguin", "Tux", "Tux the penguin"], "WikipediaEntity"),
        ("Who founded the GNU project?", "Richard Stallman", ["Stallman", "RMS", "Richard M. Stallman"], "WikipediaEntity"),
        ("Debian is named after Ian Murdock and which other person?", "Debra Lynn", ["Debra", "Debra Murdock"], "WikipediaEntity"),
        ("Which animal gives the GIMP its face, Wilber being one of an unclear kind?", "Coyote", ["A coyote"], "FreeForm"),
        ("What does the H stand for in HTML?", "Hypertext", ["Hyper text"], "WikipediaEntity"),
        ("How many bits has a byte?", "Eight", ["8", "eight bits"], "Numerical"),
        ("Which office suite grew out of OpenOffice.org in 2010?", "LibreOffice", ["Libre Office"], "WikipediaEntity"),
        ("Which river flows through Paris?", "Seine", ["The Seine", "La Seine", "River Seine"], "WikipediaEntity"),
    ],
    "validation": [
        ("What is the capital of Portugal?", "Lisbon", ["Lisboa", "Lissabon"], "WikipediaEntity"),
        ("Which desktop has a foot as its logo?", "GNOME", ["Gnome", "GNOME desktop"], "WikipediaEntity"),
        ("In which year was the Debian project announced?", "1993", ["nineteen ninety-three"], "Numerical"),
        ("Which metal has the chemical symbol Fe?", "Iron", ["Ferrum", "fe"], "WikipediaEntity"),
        ("Who wrote the first kernel of Linux?", "Linus Torvalds", ["Torvalds", "Linus Benedict Torvalds"], "WikipediaEntity"),
        ("Which instrument has 88 keys?", "Piano", ["The piano", "pianoforte"], "WikipediaEntity"),
        ("What does GIMP's G stand for today?", "GNU", ["G.N.U.", "gnu's not unix"], "FreeForm"),
        ("Which ocean lies between Europe and America?", "Atlantic Ocean", ["The Atlantic", "Atlantic"], "WikipediaEntity"),
        ("Which command lists the files of a folder on Unix?", "ls", ["LS", "ls(1)"], "FreeForm"),
        ("From which film come the names of Debian's releases?", "Toy Story", ["Toy Story (1995)", "toystory"], "WikipediaEntity"),
        ("How many strings has a violin?", "Four", ["4"], "Numerical"),
        ("Which tree carries acorns?", "Oak", ["Oak tree", "The oak", "Quercus"], "WikipediaEntity"),
        ("Which key on a keyboard removes the character before the cursor?", "Backspace", ["Backspace key", "← Backspace"], "FreeForm"),
        ("Which company made the first PostScript printers popular with its LaserWriter?", "Apple", ["Apple Computer", "Apple Inc.", "Apple, Inc."], "WikipediaEntity"),
        ("What is the smallest prime number?", "Two", ["2", "number two"], "Numerical"),
        # Without a question mark; with spaces behind it; outside ASCII; punctuation in the answer; no alias at all but the value.
        ("Name the German city with the car number B", "Berlin", [], "WikipediaEntity"),
        ("Which Spanish letter wears a tilde? ", "Ñ", ["ñ", "eñe", "N with tilde"], "FreeForm"),
        ("Which  band sang “Ça plane pour moi”?", "Plastic Bertrand", ["Roger Jouret", "Plastic  Bertrand"], "WikipediaEntity"),
        ("What's the name of the editor whose name stands for “Editor MACroS”?", "Emacs", ["GNU/Emacs", "E-m-a-c-s", "EMACS"], "FreeForm"),
        ("Which face has the smiley :-)?", "😀", ["a happy one", "Happy", "happy face"], "FreeForm"),
    ],
}

# (question, answers)
NQ_OPEN = {
    "train": [
        ("who started the debian project", ["Ian Murdock"]),
        ("what does the abbreviation gimp stand for", ["GNU Image Manipulation Program"]),
        ("when was libreoffice first released", ["January 25, 2011", "25 January 2011"]),
        ("which licence does the linux kernel use", ["GNU General Public License", "GPLv2", "GPL version 2"]),
        ("where is the document foundation based", ["Berlin", "Berlin, Germany"]),
        ("what is the default file format of libreoffice writer", ["ODF Text Document", "odt", ".odt"]),
        ("how many layers can a gimp image have", ["as many as fit into memory"]),
    ],
    "validation": [
        ("which desktop is the default of debian", ["GNOME", "Gnome 3"]),
        ("what is the file format of gimp called", ["XCF", ".xcf"]),
        ("who is the author of the python language", ["Guido van Rossum"]),
        ("which command installs a package on debian", ["apt install", "apt-get install", "apt"]),
        ("what colour is the sky on a clear day", ["blue"]),
        ("how many sides does a hexagon have", ["six", "6"]),
        ("what is the longest river of france", ["the Loire", "Loire"]),
        ("which toolkit was first written for the gimp", ["GTK", "GTK+", "the GIMP Toolkit"]),
        ("when was the first version of unix written", ["1969", "in 1969"]),
        ("what do we call the person who reviews a patch", ["a reviewer", "reviewer"]),
        ("which module of libreoffice makes slides", ["Impress", "LibreOffice Impress"]),
        ("who keeps the debian keyring", ["the keyring maintainers", "keyring-maint"]),
        ("what is the name of the blue planet", ["Earth", "the Earth", "The Earth"]),
        ("which key opens the run dialog of gnome", ["Alt+F2", "alt f2"]),
        ("how many minutes has an hour", ["60", "sixty"]),
        # A mark of its own; capitals and articles; outside ASCII; an answer with a comma and a dot; spaces.
        ("where do the penguins live?", ["The Antarctic", "Antarctica", "An Antarctic shore"]),
        ("what is the capital of austria", ["Wien", "Vienna", "  Vienna  "]),
        ("which sign is used for the euro", ["€"]),
        ("how much is a million divided by a thousand", ["1,000", "1000", "1.000"]),
        ("who wrote  pippi långstrump", ["Astrid Lindgren", "Astrid Anna Emilia Lindgren (née Ericsson)"]),
    ],
}
