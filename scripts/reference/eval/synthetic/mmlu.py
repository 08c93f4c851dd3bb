"""Items in the form of MMLU: subject → split → (question, four choices, index of the right one)."""

MMLU = {
    "computer_security": {
        "dev": [
            ("What does a checksum of a downloaded file show?", ["That the file was not changed on its way", "That the file is free software", "That the file is small", "That the author is honest"], 0),
            ("Which of these is the strongest password?", ["123456", "password", "a long random sentence", "the name of your cat"], 2),
            ("What is encrypted when a disk is encrypted as a whole?", ["Only the names of the files", "All data on it", "The power cable", "The screen"], 1),
            ("Who can read a message that was encrypted with your public key?", ["Everybody", "Nobody", "Its sender only", "Who has your private key"], 3),
            ("What does a firewall do?", ["It filters network traffic", "It cools the processor", "It repairs disks", "It prints reports"], 0),
        ],
        "validation": [
            ("Why should security updates be installed soon?", ["They make the screen brighter", "Known holes can be used by attackers", "They are shorter", "They expire"], 1),
            ("Which command changes one's own password on Debian?", ["ls", "passwd", "cat", "mount"], 1),
        ],
        "test": [
            ("What is a salt of a password hash?", ["A random value that is hashed with the password", "A second password of the user", "A kind of encryption key", "A list of common passwords"], 0),
            ("APT refuses a package of an archive because its signature does not fit. What is the most careful reading?", ["The package may have been changed", "The disk is full", "The package is too new", "The mirror is fast"], 0),
            ("Which permission lets other users read a file but not change it?", ["rw-rw-rw-", "rw-r--r--", "rwx------", "---------"], 1),
            ("Which  attack sends a flood of requests to a server?", ["phishing", "denial of service", "shoulder surfing", "social engineering"], 1),
        ],
    },
    "machine_learning": {
        "dev": [
            ("What is minimised when a language model is trained?", ["The number of its layers", "The negative log-likelihood of the data", "The size of the vocabulary", "The length of the texts"], 1),
            ("A model is perfect on its training data and poor on new data. What is this called?", ["overfitting", "underfitting", "convergence", "pruning"], 0),
            ("Which set should be used to choose the learning rate?", ["the test set", "the training set only", "the validation set", "no set at all"], 2),
            ("What does softmax give?", ["a matrix of integers", "a tree", "numbers above one", "numbers that are positive and sum to one"], 3),
            ("What is a token?", ["a piece of text with a number of its own", "a layer of weights", "a kind of loss", "a processor"], 0),
        ],
        "validation": [
            ("Which of these is a way to avoid overfitting?", ["less data", "dropout", "more epochs", "a larger model"], 1),
            ("What does quantising weights mainly save?", ["electric light", "memory", "vocabulary", "layers"], 1),
        ],
        "test": [
            ("A model's loss is ln 100 nats per token. What is its perplexity?", ["10", "100", "ln 100", "2"], 1),
            ("Which layer lets a token look at the tokens before it?", ["attention", "the embedding", "the norm", "the head"], 0),
            ("Two models differ by 0.3 points on 1,000 questions. What should be reported with the figures?", ["their colours", "their standard errors", "the authors' ages", "the price of power"], 1),
            ("Given σ(x) = 1 / (1 + e⁻ˣ), what is σ(0)?", ["0", "½", "1", "∞"], 1),
        ],
    },
    "jurisprudence": {
        "dev": [
            ("What does a free software licence grant?", ["the right to use, study, share and change", "the right to a price", "the right to a job", "the right to a name"], 0),
            ("Which of these is a copyleft licence?", ["MIT", "BSD", "GPL", "the public domain"], 2),
            ("Who holds the copyright in a program, if nothing else is agreed?", ["its first user", "its author", "the printer", "nobody"], 1),
            ("What is a contract?", ["an order", "a wish", "a rumour", "an agreement that binds"], 3),
            ("A trademark protects", ["a name or sign", "an idea", "a law", "a climate"], 0),
        ],
        "validation": [
            ("What may not be removed from the source of a program under the MIT licence?", ["its comments", "its notice of copyright", "its tests", "its makefile"], 1),
            ("Which body passes laws?", ["the court", "the parliament", "the police", "the press"], 1),
        ],
        "test": [
            ("Under the GPL, what must go along with a binary that is sold?", ["a warranty", "the source or an offer of it", "a logo", "a fee for the authors"], 1),
            ("A judge follows an earlier decision of a higher court. This is called", ["precedent.", "appeal.", "amnesty.", "arbitration."], 0),
            ("Which of these is closest to the sentence “nulla poena sine lege”?", ["no punishment without law", "no law without a king", "no king without a court", "no court without a judge"], 0),
            ("   Which work is in the public domain?   ", ["one whose term of protection has ended", "one that is on the web", "one that is free of charge", "one that is old-fashioned"], 0),
        ],
    },
    "sociology": {
        "dev": [
            ("What is a norm in a group?", ["a law of nature", "a shared rule of behaviour", "a kind of leader", "a number"], 1),
            ("People who write a program together without pay are called", ["volunteers", "shareholders", "tenants", "heirs"], 0),
            ("A sample is representative if", ["it is large", "it is recent", "it resembles the whole", "it is expensive"], 2),
            ("What does a census count?", ["the stars", "the laws", "the cars", "the population"], 3),
            ("Which of these is a primary group?", ["a family", "a ministry", "the users of a train", "a stock exchange"], 0),
        ],
        "validation": [
            ("Status that is given at birth is called", ["achieved", "ascribed", "bought", "lent"], 1),
            ("Which method asks many people the same questions?", ["an experiment", "a survey", "an excavation", "a séance"], 1),
        ],
        "test": [
            ("A project votes on its leader each year. This form of rule is", ["a monarchy", "a democracy", "an anarchy", "an oligarchy"], 1),
            ("Which word names the process by which new members learn the customs of a group?", ["socialisation", "inflation", "erosion", "translation"], 0),
            ("Weber called rule by officials and written records", ["bureaucracy", "charisma", "tradition", "anomie"], 0),
            ("Which of these is a latent function of a users' meeting?\nThink of what nobody planned.", ["the talks that were announced", "friendships between people who met there", "the room that was hired", "the agenda"], 1),
        ],
    },
    "miscellaneous": {
        "dev": [
            ("Which program edits photographs?", ["GIMP", "Calc", "Evolution", "apt"], 0),
            ("Which of these is a spreadsheet?", ["Writer", "Impress", "Calc", "Draw"], 2),
            ("How many days has a leap year?", ["364", "366", "365", "360"], 1),
            ("Which instrument is a brass?", ["the violin", "the drum", "the flute", "the trumpet"], 3),
            ("What does a thermometer measure?", ["temperature", "weight", "speed", "time"], 0),
        ],
        "validation": [
            ("Which colour results from red and green light?", ["blue", "yellow", "black", "grey"], 1),
            ("Which shortcut saves a document?", ["Ctrl+Q", "Ctrl+S", "Ctrl+W", "Ctrl+N"], 1),
        ],
        "test": [
            ("In an image editor, what does a mask decide?", ["which parts of a layer are seen", "the price of the picture", "the format of the file", "the name of the layer"], 0),
            ("Which of these can be opened by LibreOffice Writer?", ["a text document", "a bottle", "a door", "a window of a house"], 0),
            ("Which city is farthest north?", ["Málaga", "Köln", "Reykjavík", "Nîmes"], 2),
            ("Which emoji shows a penguin?", ["🐧", "🐘", "🦊", "🐬"], 0),
        ],
    },
}
