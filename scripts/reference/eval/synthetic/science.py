"""Items in the form of ARC (easy, challenge) and OpenBookQA.

(question, choices, index of the right one); an optional fourth value says the labels.
"""

ARC_EASY = {
    "train": [
        ("Which part of a plant takes up water from the soil?", ["the roots", "the petals", "the bark", "the seeds"], 0),
        ("What do we call water in the form of a gas?", ["ice", "steam", "dew", "hail"], 1),
        ("Which tool is best for measuring the mass of a stone?", ["a ruler", "a thermometer", "a balance", "a stopwatch"], 2),
        ("Which of these is a source of light?", ["the Moon", "a mirror", "a white wall", "a burning candle"], 3),
        ("A ball is thrown straight up. Which force pulls it back down?", ["friction", "gravity", "magnetism", "sound"], 1),
        ("Which animal lays eggs?", ["a cow", "a dolphin", "a hen", "a bat"], 2),
        ("How long does Earth take to turn once around its own axis?", ["a day", "a week", "a month", "a year"], 0),
        # Digits as labels, as in the papers of one state.
        ("Which material conducts electricity well?", ["copper", "rubber", "glass", "dry wood"], 0, "1234"),
    ],
    "validation": [
        ("Which sense do we use to notice that milk has gone sour before we taste it?", ["sight", "hearing", "smell", "touch"], 2),
        ("What happens to most metals when they are heated?", ["They expand.", "They vanish.", "They turn to wood.", "They freeze."], 0),
        ("Which planet is nearest to the Sun?", ["Mars", "Mercury", "Saturn", "Neptune"], 1),
        ("Which of these can be recycled into new paper?", ["old newspapers", "broken glass", "steel cans", "batteries"], 0),
    ],
    "test": [
        ("Which of these stores information in a computer when the power is off?", ["the screen", "the hard disk", "the fan", "the keyboard"], 1),
        ("A user wants to print a document. Which device does the user need?", ["a printer", "a microphone", "a webcam", "a joystick"], 0),
        ("Which unit is used to measure the size of a file?", ["metre", "byte", "litre", "degree"], 1),
        ("What does a plant need to make its own food?", ["darkness", "sunlight", "salt", "plastic"], 1),
        ("Which change of state happens when an ice cube is left in a warm room?", ["melting", "freezing", "boiling", "condensing"], 0),
        ("Which of these is the largest?", ["a mountain", "a pebble", "a grain of sand", "a brick"], 0),
        ("Which season comes after winter?", ["autumn", "summer", "spring", "winter again"], 2),
        ("A student mixes red and blue paint. Which colour results?", ["purple", "green", "orange", "yellow"], 0),
        ("Which gas do people breathe in to stay alive?", ["helium", "oxygen", "neon", "chlorine"], 1),
        ("Why do cooking pots often have wooden or plastic handles?", ["They look better.", "They do not conduct heat well.", "They are magnetic.", "They make food sweeter."], 1),
        ("Which simple machine is a ramp?", ["a pulley", "a lever", "an inclined plane", "a wheel"], 2),
        ("Which organ pumps blood through the body?", ["the lung", "the heart", "the stomach", "the brain"], 1),
        ("What is the main job of a cooling fan in a desktop computer?", ["to carry heat away", "to store files", "to draw pictures", "to play sound"], 0),
        ("Which of these is a living thing?", ["a mushroom", "a cloud", "a river", "a rock"], 0),
        # Three choices, five choices, digits, letters outside ASCII, text that ends with a space, two spaces, an astral character.
        ("Which of these is cold?", ["ice", "fire", "lava"], 0),
        ("Which of these is NOT a bird?", ["a sparrow", "an owl", "a trout", "a penguin", "a gull"], 2),
        ("Which material floats on water?", ["cork", "iron", "granite", "lead"], 0, "1234"),
        ("The boiling point of water at sea level is 100 °C. What is its freezing point?", ["−10 °C", "0 °C", "50 °C", "100 °C"], 1),
        ("Which of these keeps out the rain? ", ["an umbrella ", "a sieve", "a net", "a fence"], 0),
        ("Which sign  stands for sunny weather on a forecast?", ["☀️ the Sun", "🌧️ a cloud with rain", "❄️ a snowflake", "🌫️ fog"], 0),
    ],
}

ARC_CHALLENGE = {
    "train": [
        ("A magnet is held near a pile of mixed scraps. Which scraps will it most likely pick up?", ["aluminium foil", "steel nails", "copper wire", "plastic caps"], 1),
        ("Why does the Moon show phases when seen from Earth?", ["Clouds cover it.", "It makes its own light.", "We see different parts of its lit half.", "Earth's shadow always covers it."], 2),
        ("A student doubles the mass of a cart but keeps the force the same. What happens to its acceleration?", ["It is halved.", "It is doubled.", "It stays the same.", "It becomes zero."], 0),
        ("Which adaptation helps a cactus live in a desert?", ["broad thin leaves", "a thick stem that stores water", "bright flowers only", "shallow pots"], 1),
        ("Which process turns liquid water in a lake into vapour?", ["evaporation", "condensation", "precipitation", "erosion"], 0),
        ("Which variable should stay the same when two fertilisers are compared?", ["the fertiliser", "the amount of water", "the names of the plants", "the result"], 1, "1234"),
    ],
    "validation": [
        ("Which observation best shows that a chemical change took place?", ["Ice melts.", "Paper is torn.", "A nail rusts.", "Sugar dissolves."], 2),
        ("Sound travels fastest through which of these?", ["air", "water", "steel", "a vacuum"], 2),
        ("A cell has a wall and chloroplasts. It most likely comes from", ["a leaf.", "a muscle.", "a bone.", "skin."], 0),
    ],
    "test": [
        ("A program sorts a list by comparing neighbours again and again. If the list is twice as long, about how many times as many comparisons are needed?", ["two", "three", "four", "ten"], 2),
        ("Two disks hold copies of the same data. Which failure can the data survive?", ["a fire in the building", "the failure of one disk", "a mistaken deletion of the files on both disks", "the loss of the whole computer"], 1),
        ("Which change makes the picture on a screen sharper without making it larger?", ["more pixels in the same area", "a longer cable", "a heavier stand", "a louder speaker"], 0),
        ("A wire carries a current. What is found around the wire?", ["a magnetic field", "a vacuum", "a sound wave", "a shadow"], 0),
        ("Which of these best explains why a metal spoon feels colder than a wooden spoon in the same room?", ["The metal is at a lower temperature.", "Metal carries heat away from the hand faster.", "Wood makes heat.", "The metal is heavier."], 1),
        ("A population of beetles is mostly green on green leaves. The leaves turn brown over many years. What will most likely happen?", ["Brown beetles become more common.", "Green beetles turn into birds.", "All beetles become larger.", "Nothing changes."], 0),
        ("Which step comes first when a scientific question is to be answered by an experiment?", ["publishing the result", "stating a hypothesis", "drawing a graph", "repeating the measurement"], 1),
        ("Why is compressing a text file more effective than compressing a file of random bytes?", ["Text repeats itself.", "Text is always shorter.", "Random bytes are larger numbers.", "Text has no spaces."], 0),
        ("Which of these is the best evidence that a rock was formed under the sea?", ["It is heavy.", "It holds fossils of fish.", "It is grey.", "It is found on a mountain."], 1),
        ("An object moves at constant speed in a straight line. The net force on it is", ["zero.", "growing.", "equal to its weight.", "in the direction of motion."], 0),
        ("A sealed bottle of air is put in a freezer. What happens to the pressure inside?", ["It falls.", "It rises.", "It does not change.", "It becomes infinite."], 0),
        ("Which property of light explains why a straw looks bent in a glass of water?", ["refraction", "absorption", "emission", "polarisation"], 0),
        ("Which energy change happens in a laptop's battery while the laptop runs on it?", ["electrical to nuclear", "chemical to electrical", "light to chemical", "sound to heat"], 1),
        ("Which of these would slow down the growth of mould on bread?", ["a warm and damp place", "keeping it in a refrigerator", "adding water", "covering it with more mould"], 1),
        # As above; and equal choices, of which the first counts.
        ("If the checksum of a downloaded file differs from the one that was published, the file was", ["changed or damaged.", "compressed.", "encrypted."], 0),
        ("Which number of bits can tell apart exactly 32 values?", ["2", "3", "4", "5", "6"], 3, "12345"),
        ("The résistance of a wire is 4 Ω and the current is 2 A. What is the voltage?", ["2 V", "6 V", "8 V", "16 V"], 2),
        ("Which letter is pronounced like the “ß” in “Straße”?", ["s", "b", "z", "p"], 0),
        ("In which line is  the order of size right?", ["bit < byte < kilobyte", "byte < bit < kilobyte", "kilobyte < byte < bit", "byte < kilobyte < bit"], 0),
        ("Which of these is a solid at room temperature?\nChoose the best answer.", ["iron", "mercury", "oxygen", "oxygen"], 0),
    ],
}

OPENBOOKQA = {
    "train": [
        ("A person who wants to see at night would most likely use", ["a lamp", "a hammer", "a pillow", "a spoon"], 0),
        ("When a seed is given water and warmth it may", ["sprout", "rust", "ring", "melt"], 0),
        ("An electric kettle turns electricity into", ["sound only", "cold", "heat", "soil"], 2),
        ("Which would a fox most likely eat?", ["gravel", "a rabbit", "a lamp", "sand"], 1),
        ("If a battery is empty, the torch", ["shines brighter", "stays dark", "becomes heavier", "catches fire"], 1),
        ("A compass points", ["up", "to the east", "to the north", "to the nearest town"], 2),
    ],
    "validation": [
        ("Wool keeps a person warm because it", ["holds air", "makes electricity", "is sweet", "reflects sound"], 0),
        ("Rust is likely to appear on", ["a wet iron gate", "a dry glass", "a gold ring", "a plastic cup"], 0),
        ("Thunder is heard after lightning is seen because", ["sound is slower than light", "clouds are loud", "ears are slow", "rain blocks it"], 0),
    ],
    "test": [
        ("Saving a file before the power fails", ["keeps the work", "loses the work", "breaks the disk", "warms the room"], 0),
        ("A screen that is too dark to read can be helped by", ["closing the lid", "raising its brightness", "unplugging the mouse", "deleting the fonts"], 1),
        ("To find a word in a long document one can", ["search for it", "print the cover", "turn down the sound", "change the wallpaper"], 0),
        ("A cable that is not plugged in carries", ["light", "water", "no current", "sound"], 2),
        ("Ice on a road in winter is removed fastest by", ["salt", "paint", "shade", "paper"], 0),
        ("Desert animals often hide during the day because", ["it is hot", "it is dark", "it rains", "they cannot walk"], 0),
        ("A mirror is useful because it", ["reflects light", "makes light", "absorbs sound", "stores heat"], 0),
        ("Which of these would hold water best?", ["a sieve", "a bucket", "a net", "a rake"], 1),
        ("Deciduous trees in autumn", ["lose their leaves", "grow roots in the air", "turn to stone", "bloom at night"], 0),
        ("A wheel makes it easier to move a load because it lessens", ["gravity", "friction", "colour", "light"], 1),
        ("Birds that fly south in autumn are looking for", ["food and warmth", "snow", "salt mines", "darkness"], 0),
        ("A lock on a door", ["keeps strangers out", "makes the room warmer", "opens windows", "feeds the cat"], 0),
        ("Copper is used for wires because it", ["is a good conductor", "is invisible", "smells good", "floats"], 0),
        ("A sponge in water becomes", ["heavier", "a fish", "louder", "sharper"], 0),
        ("What does a gardener add to poor soil?", ["compost", "gravel dust", "old tyres", "glass"], 0),
        # The answer's key with a space before it; a stem that ends with a space; letters outside ASCII; a long choice.
        ("The café's fridge hums because", ["its compressor runs", "it is full of bees", "milk sings", "ice is loud"], 0),
        ("Where would a naïve user look for the “Save As…” command? ", ["in the File menu", "in the trash", "in the keyboard's box", "in the power plug"], 0),
        ("A telescope lets us see", ["things that are far away", "things that are behind a wall, however thick that wall may be and whatever it is made of", "smells", "the past of a book"], 0),
        ("Which  of these melts in the sun?", ["chocolate", "a brick", "a coin", "a stone"], 0),
        ("Flowers attract", ["bees 🐝", "trains 🚆", "lamps 💡", "clouds ☁️"], 0),
    ],
}
