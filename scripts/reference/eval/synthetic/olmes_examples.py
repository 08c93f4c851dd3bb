"""Names of the examples that OLMES shows, on rows in our own words: its protocol finds them by these in a training split."""

ARC = {
    "ARC-Easy": ["MCAS_2007_8_5189", "Mercury_SC_401169", "MCAS_2004_8_27", "NYSEDREGENTS_2006_8_10", "Mercury_7013388"],
    "ARC-Challenge": ["Mercury_SC_415702", "MCAS_2009_5_6516", "Mercury_7233695", "Mercury_7041615", "MCAS_1998_4_3"],
}
OPENBOOKQA = ["7-584", "7-870", "9-732", "9-782", "8-72"]
COMMONSENSE_QA = [
    "61fe6e879ff18686d7552425a36344c8",
    "02e821a3e53cb320790950aab4489e85",
    "23505889b94e880c3e89cff4ba119860",
    "a76403b4921a9281b6ee2a7241a5ec9f",
    "6dc921840aa1e5dda3333b79007f630b",
]
HELLASWAG = [12, 39, 9, 47, 38]

# Rows like those of commonsense.py for the training splits, the last one first, each before or behind one that it is easily taken for.
PIQA = [
    ("To create a makeshift ice pack,", "take a sponge and soak it in oil, then wait.", "freeze a wet cloth in a bag.", 1),
    ("how do you taste something?", "smell of it all day.", "put a little of it on your tongue.", 1),
    ("Clean tires", "Paint them, then wash the paint.", "Wash them, then paint nothing.", 1),
    ("Clean tires", "Pour syrup over them and wait.", "Brush them with soap and water.", 1),
    ("how do you shake something?", "move it to and fro.", "leave it where it is.", 0),
    ("how do you stab something?", "stick a fork into it.", "talk about it.", 0),
]
SIQA = [
    ("Remy was an expert fisherman and sold his boat.", "What will Remy want to do next?", "cast away his nets", "swim to the shop", "ask for more fish", 1),
    ("Their cat kept trying to escape, so Jan shut the door.", "Why did Jan do this?", "to keep the cat", "to hear the cat", "to feed the cat", 1),
    ("Their cat kept trying to escape, so Jan shut the door.", "How would Jan feel afterwards?", "scared of doors", "sleepy", "at ease", 3),
    ("Jan needed to give out jobs, and there were many.", "What will Others want to do next?", "disagree about lunch", "begin", "go home", 2),
    ("Quinn wanted to help me clean the yard.", "What will Quinn want to do next?", "Eat the leaves", "Call a cab", "Fetch a rake", 3),
    ("Cameron decided to have a barbecue and called everybody.", "How would Others feel as a result?", "like coming", "like sleeping", "cold", 1),
]
WINOGRANDE = [
    ("Neil told Craig a joke, since _ had asked for one.", "Neil", "Craig", "2"),
    ("The circuit failed to power the bell but not the lamp, as the _ was broken.", "bell", "lamp", "1"),
    ("Felicia unexpectedly made fried eggs for Katrina, and then _ said thanks.", "Felicia", "Katrina", "2"),
    ("Dennis drew up a business proposal for Logan because _ needed money.", "Dennis", "Logan", "1"),
    ("John moved the couch from the hall to the garden. The _'s door was too small for it.", "garden", "hall", "2"),
    ("John moved the couch from the hall to the garden. The _'s door was too wide for it.", "hall", "garden", "1"),
]
