"""Items in the form of MKQA: a question in six languages, and answers with aliases in each.

Languages: en de es fr it pt. An answer is (text, aliases...), or None where there is none; a text without a translation is
given once for all.
"""

LANGUAGES = ["en", "de", "es", "fr", "it", "pt"]

# (type, queries, answers by language | one for all, entity)
ITEMS = [
    ("entity", ["who founded the debian project", "wer hat das debian projekt gegründet", "quién fundó el proyecto debian", "qui a fondé le projet debian", "chi ha fondato il progetto debian", "quem fundou o projeto debian"],
     ("Ian Murdock", "Murdock"), "Q5982009"),
    ("entity", ["what is the capital of austria", "was ist die hauptstadt von österreich", "cuál es la capital de austria", "quelle est la capitale de l'autriche", "qual è la capitale dell'austria", "qual é a capital da áustria"],
     [("Vienna", "Wien"), ("Wien",), ("Viena",), ("Vienne",), ("Vienna",), ("Viena",)], "Q1741"),
    ("number", ["how many bits are in a byte", "wie viele bits hat ein byte", "cuántos bits tiene un byte", "combien de bits y a-t-il dans un octet", "quanti bit ci sono in un byte", "quantos bits tem um byte"],
     ("8.0", "8"), None),
    ("number", ["how many strings does a violin have", "wie viele saiten hat eine geige", "cuántas cuerdas tiene un violín", "combien de cordes a un violon", "quante corde ha un violino", "quantas cordas tem um violino"],
     [("4.0", "4", "four"), ("4.0", "vier"), ("4.0", "cuatro"), ("4.0", "quatre"), ("4.0", "quattro"), ("4.0", "quatro")], None),
    ("number_with_unit", ["how long is a football match", "wie lange dauert ein fußballspiel", "cuánto dura un partido de fútbol", "combien de temps dure un match de football", "quanto dura una partita di calcio", "quanto dura um jogo de futebol"],
     [("90 minutes", "90 min"), ("90 Minuten", "90 min"), ("90 minutos",), ("90 minutes",), ("90 minuti",), ("90 minutos",)], None),
    ("date", ["when was the debian project announced", "wann wurde das debian projekt angekündigt", "cuándo se anunció el proyecto debian", "quand le projet debian a-t-il été annoncé", "quando è stato annunciato il progetto debian", "quando o projeto debian foi anunciado"],
     [("1993-08-16", "August 16, 1993"), ("1993-08-16", "16. August 1993"), ("1993-08-16", "16 de agosto de 1993"), ("1993-08-16", "16 août 1993"), ("1993-08-16", "16 agosto 1993"), ("1993-08-16", "16 de agosto de 1993")], None),
    ("binary", ["is gimp free software", "ist gimp freie software", "es gimp software libre", "gimp est-il un logiciel libre", "gimp è software libero", "o gimp é software livre"],
     [("yes",), ("ja",), ("sí", "si"), ("oui",), ("sì", "si"), ("sim",)], None),
    ("binary", ["is the moon a star", "ist der mond ein stern", "es la luna una estrella", "la lune est-elle une étoile", "la luna è una stella", "a lua é uma estrela"],
     [("no",), ("nein",), ("no",), ("non",), ("no",), ("não", "nao")], None),
    ("short_phrase", ["what does a spreadsheet contain", "was enthält ein tabellendokument", "qué contiene una hoja de cálculo", "que contient une feuille de calcul", "che cosa contiene un foglio di calcolo", "o que contém uma planilha"],
     [("rows and columns", "cells"), ("Zeilen und Spalten", "Zellen"), ("filas y columnas", "celdas"), ("lignes et colonnes", "cellules"), ("righe e colonne", "celle"), ("linhas e colunas", "células")], None),
    ("entity", ["which river flows through cologne", "welcher fluss fließt durch köln", "qué río pasa por colonia", "quel fleuve traverse cologne", "quale fiume attraversa colonia", "que rio passa por colônia"],
     [("the Rhine", "Rhine", "River Rhine"), ("der Rhein", "Rhein"), ("el Rin", "Rin", "Rhin"), ("le Rhin", "Rhin"), ("il Reno", "Reno"), ("o Reno", "Reno")], "Q584"),
    ("entity", ["which program draws slides in libreoffice", "welches programm macht folien in libreoffice", "qué programa hace diapositivas en libreoffice", "quel programme fait des diapositives dans libreoffice", "quale programma fa diapositive in libreoffice", "que programa faz slides no libreoffice"],
     ("Impress", "LibreOffice Impress"), "Q1054640"),
    ("date", ["in which year was gnome 1 released", "in welchem jahr erschien gnome 1", "en qué año apareció gnome 1", "en quelle année est sorti gnome 1", "in che anno è uscito gnome 1", "em que ano saiu o gnome 1"],
     ("1999",), None),
    # No answer: none of these is scored. Long answers have no text, unanswerable ones neither.
    ("unanswerable", ["what is the best editor", "was ist der beste editor", "cuál es el mejor editor", "quel est le meilleur éditeur", "qual è il miglior editor", "qual é o melhor editor"], None, None),
    ("long_answer", ["how do i install a printer", "wie richte ich einen drucker ein", "cómo instalo una impresora", "comment installer une imprimante", "come installo una stampante", "como instalo uma impressora"], None, None),
    ("unanswerable", ["who will win tomorrow", "wer gewinnt morgen", "quién ganará mañana", "qui gagnera demain", "chi vincerà domani", "quem vai ganhar amanhã"], None, None),
    # Articles and apostrophes to be dropped; an astral character; more than five references; a text with spaces at its ends.
    ("entity", ["what is the name of the sea between italy and croatia", "wie heißt das meer zwischen italien und kroatien", "cómo se llama el mar entre italia y croacia", "comment s'appelle la mer entre l'italie et la croatie", "come si chiama il mare tra l'italia e la croazia", "como se chama o mar entre a itália e a croácia"],
     [("the Adriatic Sea", "Adriatic"), ("das Adriatische Meer", "die Adria", "Adria"), ("el mar Adriático", "Adriático"), ("l'Adriatique", "la mer Adriatique", "l’Adriatique"), ("l'Adriatico", "il mare Adriatico", "lo Adriatico"), ("o mar Adriático", "um Adriático")], "Q13924"),
    ("short_phrase", ["which animal is 🐧", "welches tier ist 🐧", "qué animal es 🐧", "quel animal est 🐧", "che animale è 🐧", "que animal é 🐧"],
     [("a penguin", "penguin 🐧"), ("ein Pinguin", "Pinguin"), ("un pingüino", "pinguino"), ("un manchot", "un pingouin"), ("un pinguino",), ("um pinguim",)], None),
    ("entity", ["which letters does spanish have that english lacks", "welche buchstaben hat das spanische und das englische nicht", "qué letra tiene el español que no tiene el inglés", "quelle lettre a l'espagnol que l'anglais n'a pas", "quale lettera ha lo spagnolo che l'inglese non ha", "que letra tem o espanhol que o inglês não tem"],
     (" ñ ", "Ñ", "eñe", "enye", "N con tilde", "n mit Tilde", "la ñ"), "Q9999"),
]
