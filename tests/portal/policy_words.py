"""What the public site has to say word for word, and what it may not say (docs/policy.md, Promises)."""

from __future__ import annotations

# docs/policy.md, Promises
PROMISES = (
    "Wij hebben uw melding ontvangen. Wij hebben begrip voor dit gevoel van onveiligheid. Een medewerker"
    " leest uw melding. Waar nodig geven wij hier op gepaste wijze opvolging aan.",
    "Dit formulier is geen aangifte. Wordt u bedreigd of is er iets gebeurd? Dan kunt u aangifte doen bij de"
    " politie. Voelt u zich bedreigd? Wij roepen u op om aangifte te doen.",
    "Denkt u dat een ander land erachter zit? Dan kijken wij of de aanpak tegen ongewenste buitenlandse"
    " inmenging past. Die geldt voor alle vormen.",
    "Wij kunnen niet beloven: bescherming, een onderzoek, een diplomatiek bezwaar, of dat wij u vertellen"
    " wat er precies is gedaan.",
    "Dit is geen noodnummer en geen speciaal meldpunt. Wij lezen meldingen op werkdagen.",
    "Wij gaan heel voorzichtig om met uw gegevens. Alleen bij levensgevaar of als de wet het eist, kunnen wij"
    " zonder uw toestemming de politie inlichten.",
    "Deze melding is geen onderdeel van een asielprocedure. Wij vragen er niet naar.",
)
# English text and its Dutch, Belarusian and Russian.
SCREEN_TEXTS = {
    "Are you in danger now? Call 112.": (
        "Bent u nu in gevaar? Bel 112.",
        "Вы зараз у небяспецы? Тэлефануйце 112.",
        "Вы сейчас в опасности? Звоните 112.",
    ),
    "This is not a police report. Are you threatened? Report to the police: 0900-8844.": (
        "Dit is geen aangifte. Wordt u bedreigd? Doe aangifte bij de politie: 0900-8844.",
        "Гэта не заява ў паліцыю. Вам пагражаюць? Падайце заяву: 0900-8844.",
        "Это не заявление в полицию. Вам угрожают? Подайте заявление: 0900-8844.",
    ),
    "A person reads every report. Where necessary we follow up in an appropriate way.": (
        "Een medewerker leest elke melding. Waar nodig geven wij op gepaste wijze opvolging.",
        "Кожнае паведамленне чытае чалавек. Калі трэба, мы рэагуем належным чынам.",
        "Каждое сообщение читает человек. При необходимости мы реагируем надлежащим образом.",
    ),
    "We cannot promise protection or an investigation.": (
        "Wij kunnen geen bescherming of onderzoek beloven.",
        "Мы не можам абяцаць абарону ці расследаванне.",
        "Мы не можем обещать защиту или расследование.",
    ),
    "Do not name relatives in Belarus.": (
        "Noem geen namen van familie in Belarus.",
        "Не называйце імёны сваякоў у Беларусі.",
        "Не называйте имена родственников в Беларуси.",
    ),
    "You may report without proof.": (
        "Ook zonder bewijs mag u melden.",
        "Паведаміць можна і без доказаў.",
        "Сообщить можно и без доказательств.",
    ),
    "Keep this code; only with it can you read our reply.": (
        "Bewaar deze code. Alleen hiermee leest u ons antwoord.",
        "Захавайце гэты код: толькі з ім можна прачытаць наш адказ.",
        "Сохраните этот код: только с ним можно прочитать наш ответ.",
    ),
}
# The labels of the 18 types, in the order of IncidentType.
LABELS = {
    "nl": (
        "Iemand bedreigt mij of mijn gezin",
        "Iemand heeft mij aangevallen",
        "Ik word gevolgd of bespied",
        "Ik ben gefilmd bij een demonstratie of bijeenkomst",
        "Mijn familie in Belarus wordt onder druk gezet",
        "Problemen met paspoort of ambassade",
        "Strafzaak of proces in Belarus zonder mij",
        'Op een "extremistische" lijst gezet',
        "Gehackt, nepberichten of spionage-app",
        "Mijn privégegevens zijn verspreid",
        "Leugens of beelden over mij verspreid",
        "Misschien een verklikker in onze groep",
        "Gevraagd om te spioneren of samen te werken",
        "Gezocht, Interpol of uitlevering",
        "Poging mij mee te nemen of terug te laten gaan",
        "Mijn spullen of ons gebouw beschadigd",
        "Ik voel mij onveilig",
        "Iets anders",
    ),
    "en": (
        "Someone threatens me or my family",
        "Someone attacked me",
        "I am followed or watched",
        "I was filmed at a rally or meeting",
        "My family in Belarus is under pressure",
        "Problems with passport or embassy",
        "Criminal case or trial in Belarus without me",
        'Put on an "extremist" list',
        "Hacked, fake messages or spy app",
        "My private data was published",
        "Lies or images about me spread",
        "Perhaps an informer in our group",
        "Asked to spy or cooperate",
        "Wanted, Interpol or extradition",
        "Attempt to take me or make me return",
        "My property or our building damaged",
        "I feel unsafe",
        "Something else",
    ),
    "be": (
        "Мне або маёй сям'і пагражаюць",
        "На мяне напалі",
        "За мной сочаць",
        "Мяне здымалі на акцыі ці сустрэчы",
        "На маіх родных у Беларусі ціснуць",
        "Праблемы з пашпартам ці амбасадай",
        "Справа ці завочны суд у Беларусі",
        "Унесены ў «экстрэмісцкі» спіс",
        "Узлом, фальшывыя паведамленні, сачэнне праз тэлефон",
        "Апублікавалі мае асабістыя дадзеныя",
        "Пра мяне распаўсюджваюць хлусню ці здымкі",
        "Магчыма, у нашай групе даносчык",
        "Прапаноўвалі супрацоўнічаць ці шпіёніць",
        "Вышук, Інтэрпол, экстрадыцыя",
        "Спроба вывезці мяне ці прымусіць вярнуцца",
        "Пашкодзілі маю маёмасць ці наш будынак",
        "Я не адчуваю сябе ў бяспецы",
        "Нешта іншае",
    ),
    "ru": (
        "Мне или моей семье угрожают",
        "На меня напали",
        "За мной следят",
        "Меня снимали на акции или встрече",
        "На моих родных в Беларуси давят",
        "Проблемы с паспортом или посольством",
        "Уголовное дело или заочный суд в Беларуси",
        "Внесён в «экстремистский» список",
        "Взлом, поддельные сообщения, слежка через телефон",
        "Опубликовали мои личные данные",
        "Обо мне распространяют ложь или снимки",
        "Возможно, в нашей группе доносчик",
        "Предлагали сотрудничать или шпионить",
        "Розыск, Интерпол, экстрадиция",
        "Попытка вывезти меня или заставить вернуться",
        "Повредили моё имущество или наше здание",
        "Я не чувствую себя в безопасности",
        "Другое",
    ),
}
# Nobody may be told these: they promise what the papers do not (docs/policy.md, What the papers say).
FORBIDDEN = {
    "nl": r"hotline|meldlijn|\bgarand|volledig anoniem|wij beschermen|nooit gedeeld|delen nooit|\bIND\b",
    "en": r"hotline|guarantee|fully anonymous|we protect|never share|\bIND\b",
    "be": r"гарачая лінія|гарант|цалкам ананімн|мы абаронім|ніколі не перада",
    "ru": r"горячая линия|гарант|полностью анонимн|мы защитим|никогда не переда",
}
