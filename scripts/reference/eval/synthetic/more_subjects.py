"""The other 52 subjects of MMLU, each with items drawn in turn from a pool of its category, so that all 57 have data."""

from .mmlu import MMLU as WRITTEN

SUBJECTS = {
    "stem": "abstract_algebra anatomy astronomy college_biology college_chemistry college_computer_science college_mathematics college_physics computer_security conceptual_physics electrical_engineering elementary_mathematics high_school_biology high_school_chemistry high_school_computer_science high_school_mathematics high_school_physics high_school_statistics machine_learning",
    "humanities": "formal_logic high_school_european_history high_school_us_history high_school_world_history international_law jurisprudence logical_fallacies moral_disputes moral_scenarios philosophy prehistory professional_law world_religions",
    "social_sciences": "econometrics high_school_geography high_school_government_and_politics high_school_macroeconomics high_school_microeconomics high_school_psychology human_sexuality professional_psychology public_relations security_studies sociology us_foreign_policy",
    "other": "business_ethics clinical_knowledge college_medicine global_facts human_aging management marketing medical_genetics miscellaneous nutrition professional_accounting professional_medicine virology",
}

POOLS = {
    "stem": [
        ("What is 7 times 8?", ["54", "56", "58", "64"], 1),
        ("Which of these is a prime number?", ["21", "27", "29", "33"], 2),
        ("How many edges has a cube?", ["12", "8", "6", "10"], 0),
        ("What is the derivative of x²?", ["x", "x³", "2", "2x"], 3),
        ("Which particle carries a negative charge?", ["the electron", "the proton", "the neutron", "the photon"], 0),
        ("What is the unit of electrical resistance?", ["volt", "ohm", "watt", "ampere"], 1),
        ("Which gas do plants take up from the air?", ["helium", "neon", "carbon dioxide", "argon"], 2),
        ("What does DNA store?", ["heat", "light", "salt", "hereditary information"], 3),
        ("Which data structure gives back first what was put in last?", ["a stack", "a queue", "a tree", "a set"], 0),
        ("How many bits has a byte?", ["4", "8", "10", "16"], 1),
        ("What is the median of 1, 2, 9?", ["1", "4", "2", "9"], 2),
        ("Which acid is found in vinegar?", ["citric acid", "nitric acid", "lactic acid", "acetic acid"], 3),
        ("At what speed does light travel in a vacuum, to one digit?", ["3·10⁸ m/s", "3·10⁶ m/s", "3·10⁴ m/s", "3·10² m/s"], 0),
        ("Which planet has the largest rings?", ["Mars", "Saturn", "Venus", "Mercury"], 1),
        ("How many bones has an adult, about?", ["100", "150", "206", "400"], 2),
        ("What is the order of the group of integers modulo 5 under addition?", ["0", "1", "4", "5"], 3),
        ("A fair coin is tossed twice. How likely are two heads?", ["1/4", "1/2", "3/4", "1"], 0),
        ("Which law says that current is voltage divided by resistance?", ["Boyle's", "Ohm's", "Hooke's", "Newton's first"], 1),
    ],
    "humanities": [
        ("Which of these is a valid form of argument?", ["If p then q; p; so q", "If p then q; q; so p", "p or q; p; so not q", "Some p are q; so all p are q"], 0),
        ("What is attacked in an argument ad hominem?", ["the premise", "the person", "the conclusion", "the audience"], 1),
        ("Who wrote “The Republic”?", ["Kant", "Hume", "Plato", "Sartre"], 2),
        ("In which year did the Berlin Wall fall?", ["1949", "1961", "1975", "1989"], 3),
        ("What did early people make from flint?", ["tools", "bread", "cloth", "paper"], 0),
        ("Which religion has a cross as its sign?", ["Islam", "Christianity", "Buddhism", "Shinto"], 1),
        ("What is a treaty?", ["a tax", "a judgment", "an agreement between states", "a custom of one town"], 2),
        ("Which revolution began in 1789?", ["the Russian", "the American", "the Industrial", "the French"], 3),
        ("Is it wrong to break a promise without any reason, by common opinion?", ["yes", "no", "only on Sundays", "only in writing"], 0),
        ("What does a court of appeal do?", ["It passes laws.", "It reviews judgments.", "It arrests people.", "It counts votes."], 1),
        ("Which age came after the Stone Age in Europe?", ["the Iron Age", "the Ice Age", "the Bronze Age", "the Middle Ages"], 2),
        ("What is the holy book of Islam called?", ["the Torah", "the Vedas", "the Tripitaka", "the Qur’an"], 3),
        ("“All cats are grey; Tom is a cat.” What follows?", ["Tom is grey.", "All grey things are cats.", "Tom is not a cat.", "Nothing is grey."], 0),
        ("Who was the first president of the United States?", ["Lincoln", "Washington", "Jefferson", "Adams"], 1),
        ("What does utilitarianism ask for?", ["obedience", "the least work", "the greatest happiness", "the oldest custom"], 2),
        ("Which contract is usually void?", ["one that is short", "one that is spoken", "one with a friend", "one with an illegal aim"], 3),
    ],
    "social_sciences": [
        ("What happens to demand when the price rises, as a rule?", ["It falls.", "It rises.", "It doubles.", "It ends."], 0),
        ("What is inflation?", ["a fall of wages", "a rise of prices", "a kind of tax", "a loan"], 1),
        ("Which ocean is the largest?", ["the Atlantic", "the Arctic", "the Pacific", "the Indian"], 2),
        ("What does a regression estimate?", ["an election", "a border", "a mood", "a relation between variables"], 3),
        ("Who elects a parliament?", ["the voters", "the judges", "the ministers", "the press"], 0),
        ("Which sense organ sees?", ["the ear", "the eye", "the tongue", "the skin"], 1),
        ("What does a press release do?", ["It sells shares.", "It ends a strike.", "It informs the media.", "It prints money."], 2),
        ("What is an alliance?", ["a war", "a border", "a currency", "a union of states for a purpose"], 3),
        ("What did Pavlov's dogs learn?", ["to expect food at a sound", "to read", "to open doors", "to fear water"], 0),
        ("On which continent is Kenya?", ["Asia", "Africa", "Europe", "America"], 1),
        ("A market with one seller is", ["a cartel", "an auction", "a monopoly", "a bazaar"], 2),
        ("Which of these is a public good?", ["a sandwich", "a bicycle", "a ticket", "street lighting"], 3),
        ("What is puberty?", ["the time in which a child's body becomes adult", "a school year", "a disease", "a diet"], 0),
        ("A survey asks only the author's friends. Its sample is", ["random", "biased", "complete", "large"], 1),
        ("Which body of the United Nations can impose sanctions?", ["UNESCO", "the court", "the Security Council", "the secretariat's library"], 2),
    ],
    "other": [
        ("Which vitamin does the skin make in sunlight?", ["vitamin D", "vitamin C", "vitamin K", "vitamin B12"], 0),
        ("What does a balance sheet list?", ["recipes", "assets and debts", "patients", "adverts"], 1),
        ("What does a virus need to multiply?", ["sunlight", "sugar water", "a living cell", "salt"], 2),
        ("How many chromosomes has a human body cell, usually?", ["23", "44", "48", "46"], 3),
        ("What is a healthy body temperature, about?", ["37 °C", "32 °C", "41 °C", "45 °C"], 0),
        ("What is a brand?", ["a tax", "a name that customers know", "a debt", "a factory"], 1),
        ("Which food is rich in protein?", ["sugar", "lettuce", "beans", "water"], 2),
        ("Who is hurt by a bribe?", ["nobody", "only who pays", "only who takes", "those who trusted the decision"], 3),
        ("What often gets weaker with age?", ["hearing", "the colour of the eyes", "the blood group", "the name"], 0),
        ("What does a manager delegate?", ["salaries", "tasks", "holidays", "buildings"], 1),
        ("Which instrument listens to the heart?", ["an otoscope", "a syringe", "a stethoscope", "a scalpel"], 2),
        ("About how many people live on Earth?", ["80 million", "800 million", "80 billion", "8 billion"], 3),
        ("What does a vaccine train?", ["the immune system", "the muscles", "the eyes", "the stomach"], 0),
        ("What is revenue minus cost?", ["price", "profit", "tax", "wage"], 1),
        ("Which of these is a symptom?", ["a drug", "a nurse", "a fever", "a clinic"], 2),
        ("Which organ makes insulin?", ["the heart", "the lung", "the spleen", "the pancreas"], 3),
    ],
}


def _drawn(pool, start):
    """Eight items, no two alike: a step that has no divisor in common with the pool's length."""
    step = next(s for s in (7, 11, 13) if len(pool) % s)
    return [pool[(start + step * i) % len(pool)] for i in range(8)]


MMLU = {}
for category, names in SUBJECTS.items():
    for number, subject in enumerate(names.split()):
        if subject not in WRITTEN:
            items = _drawn(POOLS[category], number)
            MMLU[subject] = {"dev": items[:5], "validation": items[5:6], "test": items[6:]}
assert len(MMLU) == 52
