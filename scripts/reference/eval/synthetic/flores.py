"""Sentences in six languages, in the form of FLORES: eng deu fra ita por spa."""

CODES = ["eng_Latn", "deu_Latn", "fra_Latn", "ita_Latn", "por_Latn", "spa_Latn"]

DEV = [
    ("Open the File menu and choose Save.", "Öffnen Sie das Menü Datei und wählen Sie Speichern.", "Ouvrez le menu Fichier et choisissez Enregistrer.", "Aprite il menu File e scegliete Salva.", "Abra o menu Arquivo e escolha Salvar.", "Abra el menú Archivo y elija Guardar."),
    ("The dog is sleeping under the table.", "Der Hund schläft unter dem Tisch.", "Le chien dort sous la table.", "Il cane dorme sotto il tavolo.", "O cachorro dorme debaixo da mesa.", "El perro duerme debajo de la mesa."),
    ("Tomorrow it will rain in the north.", "Morgen wird es im Norden regnen.", "Demain il pleuvra dans le nord.", "Domani pioverà al nord.", "Amanhã vai chover no norte.", "Mañana lloverá en el norte."),
    ("We have been waiting for the bus for an hour.", "Wir warten seit einer Stunde auf den Bus.", "Nous attendons le bus depuis une heure.", "Aspettiamo l’autobus da un’ora.", "Estamos esperando o ônibus há uma hora.", "Llevamos una hora esperando el autobús."),
    ("The program is translated into sixty languages.", "Das Programm ist in sechzig Sprachen übersetzt.", "Le programme est traduit en soixante langues.", "Il programma è tradotto in sessanta lingue.", "O programa está traduzido para sessenta línguas.", "El programa está traducido a sesenta idiomas."),
    ("She wrote a long letter to her brother.", "Sie schrieb ihrem Bruder einen langen Brief.", "Elle a écrit une longue lettre à son frère.", "Ha scritto una lunga lettera a suo fratello.", "Ela escreveu uma longa carta ao irmão.", "Escribió una larga carta a su hermano."),
    ("Nobody knows who planted the old oak.", "Niemand weiß, wer die alte Eiche gepflanzt hat.", "Personne ne sait qui a planté le vieux chêne.", "Nessuno sa chi ha piantato la vecchia quercia.", "Ninguém sabe quem plantou o velho carvalho.", "Nadie sabe quién plantó el viejo roble."),
    ("Press the key twice.", "Drücken Sie die Taste zweimal.", "Appuyez deux fois sur la touche.", "Premete il tasto due volte.", "Pressione a tecla duas vezes.", "Pulse la tecla dos veces."),
]

DEVTEST = [
    ("The library is closed on Mondays.", "Die Bibliothek ist montags geschlossen.", "La bibliothèque est fermée le lundi.", "La biblioteca è chiusa il lunedì.", "A biblioteca está fechada às segundas-feiras.", "La biblioteca está cerrada los lunes."),
    ("Choose a name for the new layer.", "Wählen Sie einen Namen für die neue Ebene.", "Choisissez un nom pour le nouveau calque.", "Scegliete un nome per il nuovo livello.", "Escolha um nome para a nova camada.", "Elija un nombre para la capa nueva."),
    ("The bread smells good this morning.", "Das Brot riecht heute Morgen gut.", "Le pain sent bon ce matin.", "Il pane ha un buon profumo stamattina.", "O pão cheira bem esta manhã.", "El pan huele bien esta mañana."),
    ("Two children are playing in the snow.", "Zwei Kinder spielen im Schnee.", "Deux enfants jouent dans la neige.", "Due bambini giocano nella neve.", "Duas crianças brincam na neve.", "Dos niños juegan en la nieve."),
    ("The package is installed with one command.", "Das Paket wird mit einem Befehl installiert.", "Le paquet s’installe avec une seule commande.", "Il pacchetto si installa con un solo comando.", "O pacote é instalado com um só comando.", "El paquete se instala con una sola orden."),
    ("He forgot his umbrella on the train.", "Er hat seinen Schirm im Zug vergessen.", "Il a oublié son parapluie dans le train.", "Ha dimenticato l’ombrello in treno.", "Ele esqueceu o guarda-chuva no trem.", "Olvidó el paraguas en el tren."),
    ("If the disk is full, empty the trash.", "Wenn die Platte voll ist, leeren Sie den Papierkorb.", "Si le disque est plein, videz la corbeille.", "Se il disco è pieno, svuotate il cestino.", "Se o disco estiver cheio, esvazie a lixeira.", "Si el disco está lleno, vacíe la papelera."),
    ("The bridge was built by hand a hundred years ago.", "Die Brücke wurde vor hundert Jahren von Hand gebaut.", "Le pont a été construit à la main il y a cent ans.", "Il ponte fu costruito a mano cent’anni fa.", "A ponte foi construída à mão há cem anos.", "El puente fue construido a mano hace cien años."),
    ("My sister speaks three languages.", "Meine Schwester spricht drei Sprachen.", "Ma sœur parle trois langues.", "Mia sorella parla tre lingue.", "Minha irmã fala três línguas.", "Mi hermana habla tres idiomas."),
    ("The window shows all open documents.", "Das Fenster zeigt alle offenen Dokumente.", "La fenêtre affiche tous les documents ouverts.", "La finestra mostra tutti i documenti aperti.", "A janela mostra todos os documentos abertos.", "La ventana muestra todos los documentos abiertos."),
    ("Water boils sooner in the mountains.", "In den Bergen kocht Wasser früher.", "L’eau bout plus tôt en montagne.", "In montagna l’acqua bolle prima.", "Nas montanhas a água ferve mais cedo.", "En la montaña el agua hierve antes."),
    ("Please close the door behind you.", "Bitte schließen Sie die Tür hinter sich.", "Fermez la porte derrière vous, s’il vous plaît.", "Per favore, chiudete la porta dietro di voi.", "Por favor, feche a porta ao sair.", "Por favor, cierre la puerta al salir."),
    # Numbers, signs, quotation marks, a character outside the first plane, two spaces, a space at the end.
    ("The price rose by 3.5% to 1,250.00 euros.", "Der Preis stieg um 3,5 % auf 1.250,00 Euro.", "Le prix a augmenté de 3,5 % pour atteindre 1 250,00 euros.", "Il prezzo è salito del 3,5% a 1.250,00 euro.", "O preço subiu 3,5% para 1.250,00 euros.", "El precio subió un 3,5 % hasta los 1250,00 euros."),
    ("“Not yet,” she said, “but soon.”", "„Noch nicht“, sagte sie, „aber bald.“", "« Pas encore, dit-elle, mais bientôt. »", "«Non ancora», disse, «ma presto».", "“Ainda não”, disse ela, “mas em breve.”", "«Todavía no», dijo, «pero pronto»."),
    ("The smiley 🙂 is one character.", "Der Smiley 🙂 ist ein Zeichen.", "Le smiley 🙂 est un seul caractère.", "Lo smiley 🙂 è un carattere solo.", "O smiley 🙂 é um único caractere.", "El emoticono 🙂 es un solo carácter."),
    ("The e-mail address is info@example.org & the page is new.", "Die E-Mail-Adresse ist info@example.org & die Seite ist neu.", "L’adresse est info@example.org & la page est nouvelle.", "L’indirizzo è info@example.org & la pagina è nuova.", "O endereço é info@example.org & a página é nova.", "La dirección es info@example.org & la página es nueva."),
    ("Two  spaces stand here.", "Hier stehen zwei  Leerzeichen.", "Il y a deux  espaces ici.", "Qui ci sono due  spazi.", "Aqui há dois  espaços.", "Aquí hay dos  espacios."),
    ("This line ends with a space. ", "Diese Zeile endet mit einem Leerzeichen. ", "Cette ligne se termine par une espace. ", "Questa riga finisce con uno spazio. ", "Esta linha termina com um espaço. ", "Esta línea termina con un espacio. "),
]
