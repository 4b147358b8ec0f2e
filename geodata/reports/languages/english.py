"""English words and patterns for reading reports."""

CODE = "en"

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "a dozen": 12, "half a dozen": 6, "a couple of": 2, "a pair of": 2, "a hundred": 100,
    "both": 2, "all three": 3, "all four": 4, "a single": 1, "a": 1, "an": 1, "another": 1,
    "both of them": 2,
    "a second": 1,
    "a third": 1,
    "a fourth": 1,
    "a fifth": 1,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip

_MINE = r"(?:land ?|land-)?mines?"
_MUNITION = (
    r"(?:artillery |mortar |tank |unexploded |explosive |unknown |live |old |rusty |buried |"
    r"war-era |wartime |left-over |leftover |abandoned |hand |anti-?(?:tank|personnel|vehicle) |"
    r"hidden |forgotten |stray |undetected |undetonated |second |similar |"
    r"unidentified |suspicious |\d+[- ]?mm |explosive ){0,6}"
    r"(?:land ?mines?|land-mines?|mines?|shells?|grenades?|mortars?|rounds?|ordnance|munitions?|"
    r"bombs?|bomblets?|submunitions?|projectiles?|devices?|explosives?|explosive objects?|charges?|"
    r"objects?|fuses?|rockets?|tripwires?|minefields?|mine fields?|booby[- ]traps?|uxos?)(?!-)"
)
_NO_OTHER_MINE = (
    r"(?<!coal )(?<!gold )(?<!copper )(?<!salt )(?<!silver )(?<!iron )(?<!diamond )(?<!sea )"
    r"(?<!naval )(?<!jade )(?<!ore )(?<!zinc )(?<!lead )(?<!coal-)(?<!amber )(?<!uranium )"
    r"(?<!drifting )(?<!floating )(?<!data )(?<!of )(?<!friend of )"
)
DEVICE = (
    (
        "topic",
        r"(?:an? |the )?(?:practice|training|dummy|inert|mock|imitation|simulated) (?:[\w-]+ )?(?:(?:land)?mines?|grenades?|shells?|rounds?|charges?)",
    ),
    (
        "topic",
        r"(?:to|for|with|among|support\w*|help\w*|aid\w*|assist\w*|treat\w*|fund of|association of|union of) (?:all |the |other |\d+ |many |young |those ){0,6}"
        r"(?:(?:victims|survivors|people|persons|those|everyone|children|families|civilians|men|women|invalids|veterans)"
        r"(?: who (?:were|are|became|have been|had been))? )?(?:of|hurt|crippled|maimed|injured|wounded|disabled|killed|affected|harmed|left disabled)"
        r" (?:by |from |in |of )?(?:land ?)?mines(?! (?:explosion|blast)s?)(?! (?:in|near|on|last|this|since) )",
    ),
    ("at_mine", r"anti-? ?(?:tank|vehicle) (?:land)?mines?|(?:at|tank) mines?|tm-\d+\w*"),
    (
        "ap_mine",
        r"anti-? ?personnel (?:land)?mines?|ap mines?|pmn(?:-\w+)?|ozm-?\d*|pfm-?1?|petal mines?"
        r"|pomz(?:-\w+)?|mon-\d+|butterfly mines?",
    ),
    (
        "improvised_mine",
        r"(?:improvised|home-?made) (?:land)?mines?|pressure[- ]plate(?: \w+)?",
    ),
    ("cmr", r"cluster (?:munitions?|bombs?|bomblets?|submunitions?)|submunitions?|bomblets?"),
    (
        "uxo",
        r"unexploded (?:\w+ ){0,2}(?:ordnances?|shells?|munitions?|bombs?|grenades?|rockets?|"
        r"projectiles?|mortars?|ammunition|devices?|missiles?|rounds?)|uxos?|erws?|"
        r"explosive remnants?(?: of (?:the )?wars?)?|remnants? of (?:the )?wars?|war remnants?|"
        r"(?:live |old |rusty |hand |rifle |buried ){0,6}grenades?|"
        r"(?:live |old |rusty |buried ){0,6}(?:mortar|artillery|tank) (?:rounds?|shells?|bombs?)|"
        r"(?:old|rusty|live|buried|leftover|wartime) (?:\w+ )?(?:shells?|munitions?|ordnance|"
        r"ammunition|bombs?|rockets?)|explosive ordnances?|ordnances?|explosive war remnants?|"
        r"shells? (?:left|from the war|dating from)|fuses?|(?:old |leftover |abandoned |expired ){0,6}ammunition(?! (?:depot|plant|warehouse|store|factory|dump|box))|shells?(?: \w+){0,6}? (?:exploded|detonated|went off|blew up|explodes|detonates)",
    ),
    (
        "mine_unspecified",
        r"\w+-(?:laid|planted) mines?|land ?mines?|land-mines?|tripwires?(?: mines?)?|booby[- ]traps?",
    ),
    (
        "topic",
        r"minefields?|mined (?:areas?|fields?|roads?|terrain|territor\w+)|de-?min(?:ing|ed|e)|"
        r"de-?miners?|mine[- ](?:clear(?:ing|ance|ers?)|actions?|awareness|maps?|risk|threats?|"
        r"terror|contamination|laying|problem)|anama|sappers?",
    ),
    (
        "mine_unspecified",
        _NO_OTHER_MINE + r"mines?[- ](?:blasts?|explosions?|incidents?|accidents?|detonat\w+|"
        r"explod\w+|went off|goes off|going off|blew up|blows up|victims?|laid|planted|left|kills?|"
        r"(?:have |had |has )?(?:killed|injured|wounded|maimed|claimed)|injur\w+|wounds?|wounded|maims?|"
        r"buried|killing|hidden|casualties|struck|tore|under)",
    ),
    (
        "mine_unspecified",
        r"(?:\w+-(?:laid|planted|made|era|produced)|a|an|the|by|on|onto|over|hit|hits|struck|planted|old|buried|laid|unexploded|"
        r"hidden|soviet|soviet-era|russian|armenian|of|from|against|detonated|triggered|those|"
        r"these|several|many|more|other|two|three|thousands of|\d+|and|war|military|with|for|"
        r"through|stray|forgotten|undetonated|undiscovered|activated|undetected|multiple|another|(?:due|thanks|owing|lost) to) "
        r"mines?(?![ -](?:actions?|clear\w*|awareness|fields?|threats?|risks?|maps?|detect\w*|ban|free|of|workers?|shafts?|owners?|company|operators?|collapse|is the|was the fa))",
    ),
    ("mine_unspecified", r"(?<!.)mines?(?= (?:in|near|at|outside) )"),
    (
        "unknown",
        r"(?:unknown |unidentified |suspicious |strange |metal )?objects?(?= (?:that |which )?(?:\w+ )?(?:had )?(?:found|picked|exploded|detonated|blew up|went off))",
    ),
    (
        "mine_unspecified",
        r"(?:an?|the) (?!anti|tank|improvised|home|cluster|personnel|vehicle)[a-z-]{3,} "
        + _NO_OTHER_MINE
        + r"mines?(?![ -](?:actions?|clear\w*|awareness|fields?|threats?|risks?|maps?|detect\w*|ban|free|of|"
        r"workers?|shafts?|owners?|company|operators?|collapse|accident(?! in)|disaster|site|manager|boss|pit))",
    ),
    ("uxo", r"detonators?|blasting caps?|mine fuses?"),
    (
        "unknown",
        r"(?:unknown |unidentified )?explosive (?:devices?|objects?|items?|hazards?)|"
        r"(?:buried|hidden|unexploded|old) (?:explosive )?charges?",
    ),
)
BLAST = (
    ("plural", r"(?:explosions|blasts|detonations|mine (?:incidents|accidents))"),
    ("noun", r"explosion|blast|detonation"),
    ("blast", r"explod(?:ed|es|ing|e)|detonat(?:ed|es|ing|e|ions?)|"
     r"(?:began|started|begun) (?:to go|going) off|went off|goes off|going off|blew up|blows up|blown up|blowing up|blow up|"
     r"mine incidents?|mine accidents?|mine[- ]related incidents?|mine tragedy|mine terror act"),
)  # fmt: skip
_MOVES = (
    r"(?:step(?:s|ped|ping)?|tr[oe]ad(?:s|ing)?|trod|trodden|walk(?:s|ed|ing)?|"
    r"stumbl(?:es|ed|ing)|drove|driv(?:en|ing|es)|ran|runs?|running|rode|riding|moved|roll(?:s|ed"
    r"|ing)?|came(?! upon| across)|passe[ds]|passing|pulled|went|tripp(?:ed|ing)|fell|stood|knelt|sat|hit|backed|"
    r"turned|strayed|wandered|landed|tread|treaded|careered|veered|swerved|leaned|jumped|set (?:his|her|a) foot|"
    r"put (?:his|her|a|one) (?:\w+ )?(?:foot|hand|wheel))"
)
_GAP = r"(?:(?!(?:to|about|for|with|at|in|from|was|were|said|\w+day) )[\w-]+ )"
"""A word between a step and the mine, which does not begin another part of the sentence."""
HIT = (
    (
        "found",
        r"(?:c[ao]me|coming|happened|chanced|stumbl(?:es|ed|ing)|r[au]n|runs) (?:upon|across) (?:[\w-]+ ){0,5}?" + _MUNITION
        + r"|stumbl(?:es|ed|ing) on(?:to)? (?:[\w-]+ ){0,5}?" + _MUNITION,
    ),
    (
        "hit",
        r"(?:explod\w+|detonat\w+|went off|blew up)(?: \w+){0,3}? (?:under|beneath|underneath) "
        r"(?:the |his |her |their |a )?(?:[\w'-]+ )?(?:feet|foot|legs?|wheels?|boots?)",
    ),
    (
        "self",
        r"(?:residents?|villagers?|m[ae]n|wom[ae]n|shepherds?|farmers?|workers?|soldiers?|civilians?|people|brothers?|"
        r"de-?miners?|sappers?|servicem[ae]n|drivers?|herders?|boys?|girls?|teenagers?|youths?|employees?|herdsm[ae]n) "
        r"(?:(?:\w+ ){0,3}?(?:was|were|got|been) )?blown up(?! by)",
    ),
    ("field", r"(?:entered|(?:strayed|wandered|walked|drifted|went|got|ran|moved) (?:in|into|onto|on to)) an? (?:\w+ )?(?:minefield|mined (?:\w+ )?(?:hillside|slope|pasture|meadow|field|area|valley|ravine|plot|land|ground))"),
    ("field", r"(?:in|into|onto|on) (?:an?|the) (?:\w+ )?(?:minefields?|mined (?:field|area|land|ground|pasture))"),
    ("hit", r"(?:land)?mines? (?:that |which )?(?:it|he|she|they|the \w+) (?:had )?(?:drove|driven|ran|run|rolled|stepped|trod|passed|gone|went|hit|struck)(?: (?:over|on|onto|across))?"),
    ("hit", r"(?:hit|hits|struck|strikes|triggered|set off|(?:ran|drove|went|rolled|passed|stepped|trod) (?:over|on|onto|on to)) what (?:[\w-]+ ){1,8}?(?:land)?mine(?!-)"),
    ("hit", _MOVES + r" (?:\w+ ){0,2}?(?:on|on to|over|onto|upon|into|across|against) " + _GAP + r"{0,5}?"
     + _MUNITION),
    ("hit", r"(?<!rockets )(?<!missiles )(?<!shells )(?:hit|hits|hitting|struck|strik(?:es|ing)|trigger(?:s|ed|ing)|set(?:s|ting)? off|"
     r"activat(?:es|ed|ing)|detonat(?:es|ed|ing)|encounter(?:s|ed|ing)|tripp(?:ed|ing)|"
     r"disturb(?:ed|ing)|touch(?:ed|ing)|caught|snagg(?:ed|ing)|dislodg(?:ed|ing)|initiat(?:ed|ing)|"
     r"brushed|kicked|dug up|ploughed up) (?:by )?(?:an?|the|another|some|two) "
     r"(?:[\w-]+ ){0,5}?" + _MUNITION),
    ("hit", r"(?:(?:caught|hit|struck) (?:up )?(?:in|by)|suffered (?:from|in)) (?:an?|the) (?:mine )?(?:explosion|blast)"),
    ("hit", r"(?:hits|hit|strikes|struck|triggers) (?:[\w-]+ ){0,2}?(?:" + _MINE + r"|ordnance)(?!-)"),
    ("hit", r"(?:was|were|been|is) (?:\w+ly )?(?:hit|struck|blown up|torn apart|destroyed|wrecked|damaged|overturned|ripped apart|flipped|disabled) by (?:an? |the )?(?:[\w-]+ ){0,3}?"
     + _MINE + r"(?!-)"),
    ("hit", r"(?:blown up|blew up|blows up|explod(?:es|ed)) (?:by|on|over) (?:an? |the )?"
     r"(?:[\w-]+ ){0,4}?" + _MUNITION),
)  # fmt: skip
_BE = r"(?:was|were|been|is|are|being|be|got|get|getting|gets|remain|remains|remained|stay|stays|stayed|lie|lies|lay)"
_ADV = r"(?:(?:\w+ly|also|all|both|either|reportedly|instantly|then|later|now|reported|said to be) ){0,3}"
_LIMB = (
    r"(?:legs?|feet|foot|arms?|hands?|limbs?|eyes?|sight|eyesight|fingers?|toes?|vision|hearing|heels?|knees?|shins?|thumbs?|"
    r"palms?|ears?|thighs?|ankles?|forearms?|wrists?)"
)
_DIED = r"(?:die[sd]?|perish(?:ed|es)|passed away|lost (?:his|her|their) li(?:fe|ves))"
OUTCOME = (
    (
        "injured.before",
        r"(?:is|are|was|were|remains?|remained) (?:\w+ ){0,2}?in (?:a )?(?:critical|serious|grave|stable|moderate"
        r"|satisfactory) condition|" + _BE + r" (?:\w+ly )?hit by (?:\w+ )?(?:splinters?|shrapnel|fragments?|debris)|"
        + _BE + r" (?:\w+ly )?(?:hit|caught) in (?:the|an?|his|her|their|both) (?:\w+ )?(?:" + _LIMB
        + r"|chest|face|head|neck|back|stomach|abdomen|shoulders?|side)",
    ),
    (
        "injured.before",
        r"(?:(?:has|have|had|with|caught|took|suffered|received|got|picked up) |hit by )(?:\w+ ){0,2}?(?:shrapnel|splinters?|fragments?)"
        r"(?: (?:wounds?|injur(?:y|ies)))?(?: (?:in|to) (?:his|her|their|the|both) \w+)?|"
        r"(?:(?:is|are|was|were|remains?|remained|stays?|stayed|kept|still|lies|lie|lay) ){1,6}(?:in|under) (?:an? |the )?(?:[\w-]+ ){0,2}?"
        r"(?:hospital|care|observation|treatment|clinic|ward)|(?:is|are|was|were) (?:now |still )?(?:recovering|"
        r"convalescing|on the mend|being treated|undergoing treatment|in a (?:bad|poor) way)",
    ),
    ("killed.before", r"fatally(?=[.,;]|$)"),
    ("killed.all", r"(?:none|no one|nobody)(?: of (?:them|the \w+))?(?: (?:in|on|inside) (?:the )?\w+)? survived|(?:left |with )?no survivors"),
    (
        "injured.before",
        r"(?:ended up|wound up|woke up|landed|finished up|spent \w+ \w+) in (?:an? |the )?(?:[\w-]+ ){0,3}?(?:hospital|clinic|intensive care|ward)|"
        r"(?:had|has|have|needed) to be (?:\w+ )?(?:hospitali[sz]ed|operated on|airlifted|flown|taken|rushed|carried)(?: to (?:an? |the )?(?:[\w-]+ ){0,3}?(?:hospital|clinic))?",
    ),
    ("injured.before", r"(?:was|were|been|being) (?:\w+ ){0,2}?(?:airlifted|medevaced|flown (?:out|to)|evacuated by (?:air|helicopter)|stretchered)"),
    ("injured.state", r"(?:(?:his|her|their|whose|the|[\w]+'s) (?:\w+ )?" + _LIMB + r"|it) could not be saved|(?:need(?:s|ed)?|wait(?:s|ed|ing)? for|want(?:s|ed)?) (?:an? )?(?:new |better )?prosthe\w+"),
    ("killed.after", r"(?:lost|loses)(?= (?:\w+ ){0,2}?(?:sheep|cows?|goats?|cattle|horses?|dogs?|camels?|livestock))"),
    ("injured.state", r"(?:exploded|went off|detonated|blew up) in (?:his|her|their|the \w+'s) (?:\w+ )?(?:hands?|pocket|face|lap)|without (?:a |his |her |both |one )?(?:legs?|foot|arms?|hands?)|(?:is|are|were|was|both|all|remains?) (?:still )?alive|(?:is|are) expected to (?:live|survive|recover)|"
     r"(?:doctors|surgeons|medics) (?:are )?fight(?:ing)? for"),
    ("injured.after", r"(?:(?:fight|battl|struggl|work|try)(?:ing|s)?|fought|battled|struggled|worked|tried) (?:hard )?(?:to save|for) (?:the )?li(?:fe|ves) of"),
    ("injured.after", r"(?:pepper|riddl|spray|shower)(?:s|ed|ing)(?= (?:an?|the|one|two|three|his|her) [^.,;]{1,30}? with (?:\w+ )?(?:splinter|shrapnel|fragment|debris|metal))"),
    ("injured.before", r"(?:the )?loss of (?:(?:an?|his|her|their|both|one|two|three|the|part of (?:his|her|an?)) )?(?:\w+ )?" + _LIMB),
    (
        "injured.toll",
        r"(?:the )?(?:number|toll|count|tally) of (?:the )?(?:those |people |persons )?(?:injured|wounded|casualties|hurt)(?: [\w'-]+){0,14}? "
        r"(?:to|at|reached|is(?: now)?|stands at)(?= (?:\d|one|two|three|four|five|six|seven|eight|nine|ten)\b)",
    ),
    ("both.before", _BE + r" " + _ADV + r"(?:killed or (?:injured|wounded|maimed)|casualties|"
     r"victims)|(?:killed|dead) or (?:injured|wounded|maimed)|(?:fall|fell|fallen|become|became) "
     r"(?:\w+ )?victims?"),
    (
        "injured.state",
        r"(?:drove|took|rushed|carried|brought|flew|evacuated|transported) (?:him|her|them|the \w+) to (?:an? |the )?(?:[\w-]+ ){0,4}?"
        r"(?:hospital|clinic)|with (?:an? )?(?:mangled|crushed|shattered|severed|torn|injured|bleeding) \w+",
    ),
    (
        "injured.state",
        r"(?:his|her|their|whose|the victim's|the man's|the woman's|the (?:injured|wounded|surviving) \w+(?:'s|s')) (?:\w+ )?(?:condition|life|lives|injuries|injury|wounds?|"
        r"health)(?: \w+){0,2} (?:is|are|was|were|as|remains?|not)(?! (?:over|changed))|life-threatening injur\w+|"
        r"not in (?:mortal )?danger|in (?:a )?(?:stable|serious|critical|satisfactory|grave) condition",
    ),
    (
        "injured.state",
        r"(?:tore|torn|blew|ripped|severed|shattered|crushed|blowing|tearing|ripping|severing|shattering|crushing|mangling) (?:off )?(?:his|her|both his|both her|one of his|the man's|the woman's) (?:\w+ )?"
        + _LIMB + r"(?! of)(?: off)?",
    ),
    (
        "injured.after",
        r"(?:tore|torn|blew|ripped|severed|took|shattered|crushed|blowing|tearing|ripping|severing) "
        r"(?:off |away )?(?:\w+ ){0,2}?(?:legs?|foot|feet|arms?|hands?|limbs?|fingers?)(?: off)? (?:of|from|off)(?= )",
    ),
    (
        "injured.before",
        r"(?:being |are |is |was |were |under |receiving |received |undergoing ){1,6}(?:medical )?"
        r"(?:treated|treatment|surgery|first aid|operated on)|in intensive care|"
        r"(?:is|are) fighting for (?:his|her|their) (?:life|lives)|"
        r"(?:required|requiring|needed|needing|were given|was given|been given) (?:\w+ ){0,2}?(?:treatment|first aid|(?<=medical )(?:help|assistance|attention|care))|"
        r"(?:was|were|been|is|are) (?:\w+ ){0,2}?(?:evacuated|taken|rushed|airlifted|flown|transferred|"
        r"transported|brought|delivered|admitted|carried) (?:by (?:\w+ ){1,2})?to (?:an? |the )?(?:[\w-]+ ){0,5}?"
        r"(?:hospital|clinic|(?:medical|health|trauma|first[- ]aid) (?:cent(?:er|re)|facility|post|point|station|unit)|infirmary|dispensary)",
    ),
    (
        "killed.toll",
        r"(?:the )?(?:(?:death|blast's|final|overall) toll|toll|(?:number|count|tally) of (?:the )?(?:dead|deaths|those killed|fatalities|victims killed|people killed))"
        r"(?:,? [\w'-]+){0,18}? (?:to|at|is(?: now)?|reached|stands at)(?= (?:\d|one|two|three|four|five|six|seven|eight|nine|ten)\b)",
    ),
    ("killed.late", r"(?:later |has |had |have |since |subsequently |then ){0,6}(?:" + _DIED + r"|"
     r"succumbed)(?: \w+){0,4}? (?:of|from|to) (?:(?:his|her|their|its|the|severe|multiple|blast|"
     r"shrapnel|serious|heavy|grave|these|those|massive) ){0,6}(?:wounds?|injur(?:y|ies)|blood loss|"
     r"trauma|burns)"),
    (
        "killed.after",
        r"(?:were unable to|was unable to|failed to|could not|couldn't|did not manage to|were not able to) save"
        r"(?: the li(?:fe|ves) of)?(?= (?:an?|the|one|two|three|both) )",
    ),
    ("killed.late", r"(?:lost|loses|losing) (?:his|her|their) (?:\w+ )?(?:fight|battle) for (?:life|survival)|(?:doctors|medics|surgeons) (?:were unable to|failed to|could not|couldn't) save (?:him|her|them)|died of (?=complications)"),
    ("killed.late", r"(?:later |has since |have since |subsequently |had |since ){1,6}" + _DIED + r"(?! (?:at|on) the (?:scene|spot)| instantly| immediately| at once)|"
     r"(?:later |has |have |since |subsequently |had ){0,6}passed away(?! (?:at|on) the (?:scene|spot)| instantly| immediately| at once)"
     r"|(?:has |have )?(?:since )?" + _DIED + r" (?:(?!and\b|while\b|but\b|two\b|three\b)\w+ ){0,4}?(?:in|at|on the way "
     r"to|en route to) (?:the |an? |his )?(?:\w+ ){0,3}?(?:hospital|clinic|ambulance)|"
     r"succumb(?:ed|s)|" + _DIED + r" (?:on the way|en route|on \w+ way)|could not be saved|"
     r"(?:did not|didn't) (?:survive|live through) (?:the|his|her|their) (?:journey|trip|drive|ride|road|wounds|injuries|operation|surgery|night|flight)|(?:did not|didn't) live (?:long enough )?to (?:reach|see)|" + _DIED + r" (?:while|as \w+ (?:was|were)|when) being (?:taken|driven|carried|rushed|brought)"),
    # A vehicle that was torn apart is nobody's death.
    ("killed.before", r"(?<!tractor )(?<!truck )(?<!lorry )(?<!bus )(?<!van )(?<!car )(?<!jeep )(?<!vehicle )(?<!pickup )"
     + _BE + r" (?:\w+ly )?(?:blown|torn) (?:to pieces|apart)"),
    ("killed.before", _BE + r" " + _ADV + r"(?:killed|fatally (?:wounded|injured)|"
     r"(?:found |pronounced |declared )?dead|martyred|mortally (?:wounded|injured))|"
     r"mortally (?:wounded|injured)|(?:did not|didn't) survive(?! (?:his|her|their|the) (?:wounds|injuries|operation|surgery|night|flight))|(?:breathed|drew) (?:his|her) last"),
    ("killed.before", r"(?:\d+(?:st|nd|rd|th)|first|second|third|latest|only) (?:[\w-]+ ){1,3}to (?:die|be killed|"
     r"lose (?:his|her) life)"),
    ("killed.before", r"(?:(?<=body of one )|(?<=bodies of two )|(?<=bodies of three )|(?<=one )body )(?:of them )?(?:was|were|has been|have been) (?:\w+ )?"
     r"(?:found|recovered|discovered|retrieved|brought)"),
    (
        "killed.remains",
        r"(?:the )?(?:lifeless )?(?:bodies|body|remains|corpses?) of(?! (?:one|two|three) (?:of them )?(?:was|were|has|have)(?!\w))"
        r"(?![^.;]{0,120}?(?:\bwar\b|battle|action|graves?\b|exhum))(?= [^.;]{0,90}?(?:was|were|has been|have been|had been) "
        r"(?:\w+ )?(?:found|recovered|discovered|retrieved|pulled|located)(?!\w))",
    ),
    (
        "killed.remains",
        r"(?<='s )(?:lifeless )?(?:body|remains|corpse)(?= (?:was|were|has been|had been) (?:\w+ )?(?:found|recovered|discovered|retrieved))",
    ),
    ("killed.body", r"(?:his|her|their|the) (?:\w+ )?(?:body|bodies|remains)(?! of (?:one|two|three)(?!\w))(?: \w+){0,2} (?:was|were|been) (?:\w+ )?"
     r"(?:found|recovered|discovered|retrieved|brought)"),
    ("killed.before", r"died|dies|(?<!to )(?<!not )die|(?:have|has|had) (?:also )?died|(?:lost|lose|loses|losing) "
     r"(?:his|her|their|its) (?:own )?li(?:fe|ves)|perish(?:ed|es)|(?<!the )dead(?! (?:soldier|servicem|bod|men|man|people|comrade|fighter|relativ|sea|end|animal)\w*)|passed away|"
     r"bled to death|fatally (?:wounded|injured)|became (?:a )?martyrs?|fell martyr"),
    ("killed.before", r"(?:burn(?:ed|t)|crushed|blown|bled) to (?:death|bits|pieces)|(?:met|found) (?:his|her|their) (?:death|end)|"
     r"laid down (?:his|her|their) li(?:fe|ves)|did(?: not|n't) (?:make it|pull through)|beyond (?:help|saving)|"
     r"never regained consciousness|slain|(?:gave|given|paid with) (?:his|her|their) li(?:fe|ves)"),
    ("killed.after", r"(?:cost|costs|costing)(?= (?:[\w-]+ ){1,6}?(?:his|her|their) li(?:fe|ves))|(?:proved|was|were) (?:fatal|deadly) (?:for|to)|"
     r"(?:ended|took|taken|takes|snuffed out) the li(?:fe|ves) of|put an end to the li(?:fe|ves) of"),
    ("killed.after", r"(?:the )?(?:death|killing|loss(?! of (?:(?:an?|his|her|their|both|one|two|three|the|part of (?:his|her|an?)) )?(?:\w+ )?" + _LIMB + r")|deaths)(?: in (?:a|the) \w+ \w+)? of|"
     r"kills|killing|kill|"
     r"(?:claim(?:s|ed|ing)?|tak(?:es|ing)|took|cost(?:s|ing)?) (?:the )?li(?:fe|ves) of|"
     r"claim(?:s|ed|ing)|death toll of(?= (?:\w+ ){0,2}?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten)\b)"),
    ("killed.count", r"deaths?|fatalit(?:y|ies)"),
    ("killed.auto", r"(?:have |has |had |also ){0,6}killed"),
    ("injured.before", _BE + r" " + _ADV + r"(?:injured|wounded|hurt|maimed|hospitali[sz]ed|"
     r"concussed|mutilated|harmed|burned|burnt|severely hurt|bruised|admitted to hospital with)"),
    ("injured.before", r"(?:suffer(?:s|ed|ing)?|sustain(?:s|ed|ing)?|receiv(?:es|ed|ing)?|get|got|"
     r"escaped with|has|had|have|with|incurred|treated for)"
     r" (?:(?!(?:killed|dead|died|injured|wounded|hurt|and)\b)[\w-]+[ ,]+){0,5}?(?:injur(?:y|ies)|wounds?|burns|concussions?|traumas?|fractures?|"
     r"amputations?|shell ?shock|contusions?|sprain(?:s|ed \w+)|bruis(?:es|ing)|scratches|grazes|cuts(?= |,|\.)|dislocat\w+)"),
    ("injured.before", r"(?:los(?:t|es|ing|e)|deprived of) (?:an?|his|her|both|one|two|three|four|several|the|their|part of"
     r" (?:his|her|a)) (?:\w+ ){0,2}?" + _LIMB),
    ("injured.before", r"(?:had|has|have|having) (?:an?|his|her|both|their|one) (?:\w+ ){0,2}?"
     + _LIMB + r" (?:\w+ ){0,2}?(?:amputated|torn off|blown off|severed)|"
     r"(?:(?:his|her|their) )?(?:\w+ ){0,2}?" + _LIMB +
     r" (?:was|were|had to be|been) (?:\w+ )?(?:amputated|torn off|blown off|severed)"),
    ("injured.after", r"(?:are |were |is |was )?(?:treating|operating on|operated on)(?= )|(?:treat|save|saved)(?= (?:an?|two|three|four|five|six|seven|\d+) )"),
    (
        "injured.after",
        r"(?:splinters?|fragments?|shrapnel)(?: (?:from|of) (?:[\w'-]+ ){1,4}?| )(?:hit|struck|pierced|tore into)(?= (?:an?|the|his|her|two|three) )|"
        r"(?:blind|deafen|crippl|burn|concuss|disfigur)(?:ed|ing)(?= (?:an?|the|his|her|one|two|three|four|\d+) )",
    ),
    ("injured.after", r"injures|injuring|injure|wounds(?= (?:\w+|\d+))|wounding|maims|maiming|"
     r"hurting|hurts|severely injuring|mutilating"),
    (
        "injured.before",
        r"an? (?:minor|slight|light|serious|severe|grave) (?:\w+ )?(?:wounds?|injur(?:y|ies)|concussions?)",
    ),
    (
        "injured.before",
        r"(?:got off|got away|escaped|left|came away|survived) with (?:[\w-]+,? ){0,3}?(?:bruis(?:es|ing|ed)|broken \w+|cuts?|"
        r"(?:burst|perforated|ruptured|cracked|sprained|dislocated|torn) \w+|"
        r"scratches|fractures?|burns)|(?:broke|fractured) (?:his|her|an?|both|two|\w+) (?:\w+ )?(?:leg|arm|rib|foot|bone)s?|"
        r"(?:was|were) (?:left )?(?:blinded|deafened|crippled|disabled)|(?:underwent|undergone) (?:\w+ ){0,2}?"
        r"(?:surgery|operations?|amputations?)|lost (?:\w+ )?limbs|(?:are|is|remains?|was|were) "
        r"(?:still )?in (?:a |the )?(?:\w+ )?hospital",
    ),
    (
        "injured.before",
        _BE + r" (?:\w+ ){0,2}?(?:cut|grazed|struck|scarred|peppered|lacerated|burned|burnt|scorched|knocked (?:unconscious|out|down)|stunned|deafened|"
        r"blinded|crippled|paralysed|paralyzed|shell-?shocked)(?: by| with| in| on| to| about| and|(?=[.,;]|$))|"
        r"(?:is|are|was|were|lies|lay|lie|remains?|fell|fallen|slipped) (?:\w+ ){0,2}?in(?:to)? (?:an? )?(?:\w+ )?coma|comatose|"
        r"(?:has|have|had|with|suffer(?:s|ed)?|sustain(?:s|ed)?) (?:an? |two |three |several |\d+ )?(?:(?!been )\w+ ){0,2}?(?:concussion|broken|fractured|shattered|crushed|punctured|"
        r"torn|severed|burns|lacerations|bruis(?:es|ing)|cuts|scratches|whiplash)(?: \w+)?|(?:loses|lost|losing|lose) (?:\w+ )?(?:sight|eyesight|vision|hearing|limbs?|legs?|foot|feet|hands?|eyes?|fingers?|toes?|arms?)|"
        r"(?:(?:his|her|their|whose) )?(?:left |right |both |lower |upper )?" + _LIMB + r" (?:had to be|was|were|is|are|has been|have been) (?:\w+ )?"
        r"(?:taken off|removed|cut off|amputated|torn off|blown off|crushed|shattered|broken|mangled)|"
        + _BE + r" (?:left )?(?:with(?:out)? (?:an? |his |her )?(?:\w+ )?" + _LIMB + r"|limbless|legless|blind|deaf|disabled|lame)|"
        r"(?:needed|required|requires|needs) (?:an? )?(?:surgery|operation|stitches|amputation)|(?:was|were) (?:operated on|patched up|stitched up|bandaged)|"
        r"(?:paid|pays) with (?:his|her|an?|their) (?:\w+ )?" + _LIMB + r"|cost(?:s|ing)? (?:him|her|them) (?:his|her|an?|their|both) (?:\w+ )?" + _LIMB,
    ),
    ("injured.after", r"(?:his|her|their) (?:\w+ )?" + _LIMB + r" (?:blown|torn|ripped) off,?"),
    (
        "injured.after",
        r"(?:left|leaves|leaving)(?= (?:[\w-]+ ){1,6}?(?:with (?:[\w-]+ ){0,3}?(?:injur|wound|burn|concuss|shrapnel)|"
        r"without(?! (?:an? |the |his |her |their )?(?:\w+ )?(?:breadwinner|father|mother|parent|husband|home|shelter|electricity|water|power|gas|light)s?)|injured|wounded|hurt|blind|deaf|crippled|maimed|disabled|in a coma|in hospital|hospitali|in critical))",
    ),
    ("killed.after", r"(?:left|leaves|leaving)(?= (?:[\w-]+ ){1,4}?dead(?!\w))"),
    ("injured.after", r"cost(?:s|ing)?(?= (?:[\w-]+ ){1,5}?(?:his|her|their|an?|both) (?:\w+ )?" + _LIMB + r")"),
    ("injured.after", r"there (?:were|had been) (?:only |in fact |actually |really |just )?(?=(?:two|three|four|five|six|seven|eight|\d)[,.;])"),
    ("again.after", r"(?:as|so) (?:was|were|did)"),
    ("again.with", r"(?:along|together) with"),
    (
        "injured.after",
        r"(?:doctors|surgeons|medics) (?:\w+ ){0,2}?(?:amputated?|took off|take off|removed?|cut off)"
        r"(?= (?:an?|the|one|both|two) [^.,;]{1,40}?(?:s|'s?) (?:\w+ )?" + _LIMB + r")",
    ),
    (
        "injured.state",
        r"(?:splinters?|shrapnel|fragments?) (?:\w+ )?(?:cut|hit|struck|pierced|tore|damaged|entered) (?:his|her) \w+|"
        r"(?:took|tore|blew|ripped|sliced) off (?:both )?(?:of )?(?:his|her|their) (?:\w+ ){0,2}?" + _LIMB,
    ),
    (
        "injured.state",
        r"(?:doctors|surgeons|medics) (?:\w+ ){0,2}?(?:amputated?|took off|take off|removed?|cut off) (?:[\w.'-]+ ){1,4}?"
        + _LIMB,
    ),
    ("injured.count", r"injur(?:y|ies)|in (?:hospital|intensive care)(?= (?:after|following|since)|[.,;]|$)"),
    ("injured.auto", r"(?<!(?<!of )the )(?:have |has |had |also ){0,6}(?:injured|wounded|hurt|maimed|burnt|burned(?! down)|concussed|blinded|crippled|deafened|hospitali[sz]ed)"),
)  # fmt: skip
NEGATED = (
    ("none", r"alive and (?:well|unhurt|unharmed|uninjured|kicking|in good health)"),
    ("no_dead", r"no (?:fatalit(?:y|ies)|deaths?)(?! (?:or|and|nor))"),
    ("none", r"(?:narrowly |miraculously )?(?:escaped|avoided|cheated|evaded) (?:certain )?(?:death|injury|harm)"),
    ("none", r"(?:no|nobody|no-one|none)(?: one)?(?: (?:of|from|among|in) (?:[\w']+ ){1,7}?| "
     r"(?!(?:died|dead|doubt))(?:[\w-]+ ){0,4}?)?(?:was|were|is|are|has been|have been|had been|got|"
     r"been) (?:\w+ ){0,2}?(?:hurt|injured|killed|wounded|harmed|reported)"),
    ("none", r"(?:no|without|avoid(?:ed|ing)|nor) (?:any |further |other |immediate |reports? of |"
     r"human |civilian |military |major |serious |loss of ){0,6}(?:casualt(?:y|ies)|injur(?:y|ies)|"
     r"victims?|fatalit(?:y|ies)|deaths?|life|lives|one hurt|harm)"),
    ("none", r"neither (?:of (?:the |them)?(?:[\w'-]+ ){0,5}?|(?:[\w'-]+ ){0,5}?)(?:was|were|is|got|suffered) (?:\w+ )?(?:hurt|injured|harmed|wounded|killed)|"
     r"(?:got|escaped|came|climbed|walked|got off|got out)(?: \w+){0,2}? (?:with (?:only |just )?(?:a|his|her) fright|"
     r"without (?:as much as )?a (?:single )?scratch)|not a scratch|without a scratch|c[ao]me to no harm|safe and sound|"
     r"only (?:the )?(?:\w+ )?(?:vehicle|machine|truck|car|tractor|equipment) (?:was|were) damaged|(?:was|were) (?:empty|unoccupied)|"
     r"(?:is|are|was|were) (?:all )?(?:safe|fine|all right|okay)(?= |\.|,|$)|(?:did|had|have|has)(?: not|n't) (?:been )?(?:suffer(?:ed)?|hurt|harmed|injured)"),
    ("none", r"(?:no one|nobody|none(?: of (?:them|the [\w-]+))?) (?:(?:had|has|have) )?(?:" + _DIED + r"|been (?:hurt|injured|killed|wounded)|hurt|injured|killed|"
     r"(?:suffer|sustain|receiv)(?:s|ed|es)? (?:any )?(?:\w+ ){0,2}?(?:injur(?:y|ies)|wounds?|harm))|(?:escap(?:ed|es|ing)|"
     r"emerged|remained|survived|walked away|unharmed|got away) (?:\w+ )?(?:unhurt|unharmed|"
     r"unscathed|injury|without (?:a )?\w+)|unhurt|unharmed|uninjured|unscathed|"
     r"(?:was|were|did|is) (?:not|n't) (?:be )?(?:injured|hurt|harmed|killed|wounded|suffer)|"
     r"wasn't (?:injured|hurt)|weren't (?:injured|hurt)|(?:sustained|suffered|received) no "
     r"(?:\w+ )?injur(?:y|ies)"),
)  # fmt: skip
MODAL = (
    ("modal", r"(?:killed|died|fallen|dead|missing) (?:in|during) (?:the |last year's |that )?(?:\w+ )?(?:war|fighting|battles?|hostilities)(?!\w)"),
    ("modal", r"(?:could|might|would) (?:\w+ )?have (?:\w+ )?(?:exploded|gone off|detonated|blown up|killed|cost|claimed|taken|injured|wounded|maimed|"
     r"ended|died|led|resulted|caused|perished)(?!\w)[^.;]*"),
    ("modal", r"(?:may|might|could(?! not (?:be|save))|can|would|will|should|must|to avoid|not to|in order not to|risk|"
     r"risks|risking|threat(?:en)?s? (?:of|to)|fear(?:s|ed)? (?:of|to)|danger of|if|whether|until|"
     r"(?<!began )(?<!started )(?<!begun )(?<!said )(?<!reported )(?<!known )(?<!believed )(?<!thought )(?<!found )"
     r"(?<!confirmed )(?<!understood )to(?! have been)(?! (?:an?|the|this|that|his|her|its|their|our) )|continue to|continues to|capable of|powerful enough to|unless|used to)"
     r" (?:\w+ ){0,3}?(?:be|been|being|get|kill|injure|wound|maim|die|explode|detonate|step(?:s|ping)"
     r"?|hit|lose|blow up|go off|exploding|killing|claim|suffer|encounter)"
     r"(?: (?:killed|injured|wounded|maimed|hurt|blown up|detonated))?"
     r"(?: (?:or|and) (?:killed|injured|wounded|maimed|die|injure|wound|maim))?"),
    ("modal", r"(?:if|in case|what to do (?:if|when|in case)|whenever) (?:an? |some|any|the |you )[^.]{0,160}"),
    ("modal", r"(?:could|might|would) (?:\w+ )?have (?:\w+ )?(?:exploded|detonated|gone off|blown up|killed|injured|wounded)"
     r"(?:[^.;]{0,60}?, (?:killing|injuring|wounding|maiming)(?: \w+){0,3})?"),
    ("modal", r"(?:leaves?|leaving|left)(?: behind)? (?:(?:his|her|an?|one|two|three|four|five|six|\d+|pregnant|young|small)(?:,| and)? ){1,4}(?:wife|widow|husband|fiancee?|child(?:ren)?|sons?|daughters?|orphans?|parents?)"
     r"(?:(?:,| and|, and) (?:an?|one|two|three|four|five|six|\d+|his|her|their) (?:\w+ )?(?:child(?:ren)?|sons?|daughters?|parents?)){0,3}(?=[.,;]|$| after| when| and was)|"
     r"survived by [^.;]{0,80}"),
    ("modal", r"wish(?:es|ed|ing)? (?:[\w-]+ ){0,6}?(?:recovery|well)(?!\w)"),
    ("modal", r"(?:famil(?:y|ies)|relatives|loved ones|kin)(?: and \w+)? of (?:an? |the |those )?(?:person |people |citizens? |civilians? )?(?:dead|killed|deceased|fallen|injured|wounded)"),
    ("modal", r"(?:continue(?:s)?|go(?:es)? on|keep(?:s)?(?: on)?) (?:killing|maiming|claiming|injuring|to \w+)"),
)  # fmt: skip
PERSON = (
    ("peacekeeper", r"(?:(?:\w+(?:ian|ish|ese)|un|local|french|female) )?peacekeepers?|blue helmets?|peacekeeping (?:soldiers?|troops?)|"
     r"(?:members?|officers?|soldiers?|servicem[ae]n) of the (?:\w+ )?peacekeeping \w+"),
    ("peacekeeper", r"(?:\w+(?:ian|ish|ese) )?\w+(?= of the (?:\w+ )?(?:peacekeeping )?contingent)"),
    (
        "civilian",
        r"(?:former |retired |ex-)(?:army |military |police |navy )?(?:soldiers?|servicem[ae]n|officers?|conscripts?|policem[ae]n|"
        r"fighters?|border guards?|colonels?|majors?|captains?|lieutenants?|sergeants?|de-?miners?|sappers?)",
    ),
    ("civilian+one", r"(?:father|mother)(?=-| )(?: |-)of(?: |-)(?:one|two|three|four|five|six|\w+)(?: children)?"),
    ("deminer", r"(?:demining|mine[- ]clearance|mine[- ]clearing|clearance) (?:teams?|crews?|groups?|squads?)(?! (?:leaders?|members?|vehicle|work))"),
    ("deminer", r"(?:mine[- ](?:detection )?)?dog[- ]handlers?|(?:anama|halo|halo trust|mag|mine action agency) (?:\w+ )?(?:operators?|workers?|employees?|staff members?|"
     r"specialists?|team members?|team leaders?|experts?|technicians?)"),
    ("military", r"(?:border guard |border service |warrant |non-commissioned |senior |army |military"
     r" |navy |russian |azerbaijani |azeri ){0,6}(?:soldiers?|servicem[ae]n|servicewom[ae]n|troops?|"
     r"colonels?|lieutenants?|majors?|captains?|sergeants?|warrant officers?|ensigns?|"
     r"conscripts?|cadets?|border guards?|fighters?|militants?|marines?|paratroopers?|generals?(?! (?:prosecutor|secretary|director|hospital|staff|assembly|public))|"
     r"military (?:personnel|members?|m[ae]n|doctors?|drivers?)|service members?|"
     r"(?:platoon|company|squad|section|battalion) commanders?|servicepersons?|corporals?|privates|militiam[ae]n|rebels?|guardsm[ae]n|reservists?|"
     r"(?:(?<=and )|(?<=, )|(?<=: ))private(?= [a-z]+(?: [a-z]\.)?)(?! (?:car|vehicle|company|house|land|truck|firm|property|clinic|hospital|sector|bus|plot|garden|minibus|pickup|taxi|army|military)\w*)|"
     r"(?<=\ba )private(?=[,.;)]| - | of | from | who )|privates?(?= (?:was|were|who|escaped|suffered|sustained|received|lost|died|has|had|got|is))|"
     r"members? of (?:the )?(?:armed forces|military|army|border guard|national guard))"),
    ("deminer", r"(?:female |male |humanitarian |military ){0,6}(?:de-?miners?|mine[- ]clear(?:ers?|ing "
     r"(?:experts?|specialists?|workers?))|mine[- ]clearance (?:workers?|experts?|operators?|"
     r"specialists?|staff|personnel)|sappers?(?! (?:unit|platoon|battalion|vehicle|group|company))|bomb[- ]disposal (?:\w+ )?(?:experts?|technicians?|"
     r"officers?|specialists?|workers?)|eod (?:\w+ )?(?:experts?|technicians?|specialists?|"
     r"operators?)|(?:mine[- ])?clearance (?:workers?|operators?|staff|personnel|experts?|specialists?|engineers?|technicians?)|pyrotechni(?:cians?|c "
     r"specialists?|cs? experts?)|de-?mining (?:experts?|specialists?|engineers?|technicians?|workers?|staff|personnel|"
     r"operators?)|explosives? (?:experts?|technicians?)|combat engineers?|military engineers?|"
     r"mine detection (?!dogs?(?!\w))\w+|searchers?)"),
    ("emergency_worker", r"emergency (?:service )?(?:workers?|personnel|staff|responders?|crew "
     r"members?|employees?)|rescuers?|rescue workers?|fire-?fighters?|firem[ae]n|paramedics?|medics?|"
     r"ambulance (?:drivers?|crew|workers?|doctors?)|(?<!efforts of )(?<!efforts of the )doctors?(?! (?:\w+ ){0,4}?(?:treat|operat|amputat|sav|fight|fought))|nurses?|first responders?"),
    ("aid_worker", r"aid workers?|humanitarian workers?|red cross (?:workers?|staff|employees?|"
     r"officials?|volunteers?)|un (?:staff|workers?|employees?)"),
    ("journalist", r"(?:tv |television |war |freelance |photo){0,6}(?:journalists?|reporters?|"
     r"cameram[ae]n|camera operators?|photographers?|photojournalists?|correspondents?|"
     r"media workers?|video operators?|operators? of (?:the )?\w+ tv|crew members of \w+ tv)"),
    ("police", r"gendarmes?|police (?:\w+ )?(?:colonels?|lieutenants?|captains?|majors?|sergeants?)|police ?(?:officers?|m[ae]n|wom[ae]n|personnel|employees?|staff|sergeants?|"
     r"lieutenants?|captains?|majors?)|gendarmes?|traffic police officers?"),
    ("civilian+child", r"(?:young |little |small |school ?|teenage ){0,6}(?:children|child|boys?|girls?|"
     r"toddlers?|infants?|schoolchildren|pupils?|minors?|teenagers?|teens?|kids?|adolescents?|"
     r"school ?boys?|school ?girls?|baby|babies|siblings?|youngsters?)"),
    ("civilian+child", r"classmates?|schoolmates?|playmates?|school ?friends?"),
    ("civilian+female", r"(?:elderly |young |pregnant |local |married ){0,6}(?:wom[ae]n|mothers?(?!-in)|"
     r"daughters?(?!-in)|sisters?(?!-in)|wi(?:fe|ves)|grandmothers?|aunts?|housewi(?:fe|ves))"),
    ("civilian+pair", r"(?:their |his |her |both |the |an? |elderly |married |young |local ){0,6}(?:parents|couple(?! of (?:\w+ )?(?:hours|days|weeks|months|minutes|years|times|kilomet\w+|met\w+|miles|hundred))|spouses|newlyweds)"),
    ("civilian", r"(?:indigenous|tribal) (?:people|persons?|men|women|man|woman|leaders?|elders?)|(?<!all )members? of (?:one|the same|a single|a|his|her|their) (?:\w+ )?family|(?:local |elderly |young |internally |construction |road |farm |railway |"
     r"agricultural |civilian |tractor |truck |taxi |bus |bulldozer |excavator |grader |loader |"
     r"municipal |village |utility |forestry |seasonal |combine |combine harvester |fellow |"
     r"middle-aged |innocent |peaceful |fruit |grape |berry |cotton |water |gas |crane |sheep |cattle |dairy |farm |field |"
     r"railway |highway |power |orchard |maintenance |passing |retired |former |teenage |unemployed ){0,4}"
     r"(?:civilians?|residents?|villagers?|farmers?|shepherds?|herders?|herdsm[ae]n|drivers?|"
     r"farmhands?|lads?|chaps?|guys?|fellows?(?! (?:soldier|worker|officer|villager|citizen))|(?:field|farm|hired|stable|ranch) hands?|menders?|plumbers?|welders?|masons?|bricklayers?|stonemasons?|roofers?|painters?|plasterers?|"
     r"bakers?|gardeners?|winegrowers?|millers?|blacksmiths?|tailors?|barbers?|shopkeepers?|vendors?|sellers?|"
     r"archaeologists?|historians?|biologists?|ecologists?|botanists?|scientists?|researchers?|topographers?|hydrologists?|"
     r"plou?ghm[ae]n|plowm[ae]n|diggers?|apprentices?|schoolteachers?|headm(?:aster|istress)(?:es|s)?|vets?|veterinarians?|postm[ae]n|couriers?|machinists?|"
     r"railwaym[ae]n|linem[ae]n|linesm[ae]n|telecoms? (?:workers?|engineers?)|lumberjacks?|stonecutters?|milkmaids?|stockm[ae]n|drovers?|"
     r"riders?|horsem[ae]n|bikers?|hikers?|walkers?|passers?-by|campers?|picnickers?|anglers?|settlers?|townsm[ae]n|elders?|widow(?:er)?s?|"
     r"brides?|grooms?|(?<!-)in-laws|sons?-in-law|daughters?-in-law|mothers?-in-law|fathers?-in-law|brothers?-in-law|sisters?-in-law|stepsons?|"
     r"kinsm[ae]n|guests?|worshippers?|cleaners?|janitors?|foremen|foreman|porters?|councill?ors?|tractorists?|bulldozerists?|technicians? of the power company|"
     r"lodgers?|tenants?|mowers?|haymakers?|bread-?winners?|herdboys?|cowboys?|stallholders?|smallholders?|landowners?|housebuilders?|roadbuilders?|metal detectorists?|treasure hunters?|"
     r"workers?|labou?rers?|fisherm[ae]n|hunters?|m[ae]n|youths?|students?|fathers?(?:-in-law)?|sons?(?:-in-law)?|"
     r"brothers?(?:-in-law)?|husbands?|famil(?:y|ies)|relatives?|cousins?|uncles?|nephews?|"
     r"grandfathers?|grandsons?|passengers?|pedestrians?|motorcyclists?|cyclists?|locals|local(?= (?:was|has|had|who|died|lost|stepped|suffered|is)(?!\w))|"
     r"foresters?|rangers?|woodm[ae]n|loggers?|repairm[ae]n|truckers?|lorry drivers?|representatives? of (?:the )?(?:\w+ ){0,4}?(?:executive|authorit\w+|municipality|administration)(?: power)?|officials?|mayors?|builders?|scrap (?:metal )?(?:collectors?|dealers?)|collectors?|"
     r"beekeepers?|growers?|teachers?|pensioners?|refugees?|displaced (?:persons?|people)|returnees?|"
     r"tourists?|pilgrims?|engineers?|employers?|electricians?|surveyors?|geologists?|mechanics?|"
     r"(?<!combine )harvesters?(?! (?:ran|drove|hit|struck|rolled|went|set off|triggered|detonated|burn|was (?:destroyed|damaged|wrecked)))|pickers?|gatherers?|foragers?|owners?|machine operators?|bystanders?|cowherds?|"
     r"pickers?|agronomists?|pilots?|filmmakers?|monks?|priests?|imams?|nuns?|clerics?|carpenters?|cooks?|traders?|merchants?|energy workers?|utility workers?|electricity workers?|miners(?= was| were)|tractor operators?|woodcutters?|nomads?|contractors?|truffle hunters?|"
     r"guards?|watchm[ae]n|citizens?|occupants?|motorists?|goatherds?|breadwinners?|"
     r"cattle breeders?|livestock breeders?|miners|peasants?|ranchers?|guides?|"
     r"friends?|acquaintances?|companions?|neighbou?rs?|head of (?:the )?\w+ "
     r"(?:village|municipality|representation|district))"),
    ("civilian", r"(?:deputy )?(?:village|municipal|district|community) heads?|investigators?(?= and|,| was| were| suffered)|forensic experts?|lawyers?|inhabitants?|dwellers?|joiners?|florists?|glaziers?|upholsterers?|potters?|weavers?|waiters?|waitress(?:es)?"),
    ("military", r"(?:vehicle|tank|crew|gun) commanders?|gunners?"),
    ("civilian", r"radio operators?|fianc(?:e|ee)s?|girlfriends?|boyfriends?"),
    ("officer", r"(?:non-commissioned )?officers?|(?<!platoon )(?<!company )commanders?"),
    (
        "animal+wild",
        r"bears?|wol(?:f|ves)|deer|elephants?|fox(?:es)?|(?:wild )?boars?|jackals?|lynx(?:es)?",
    ),
    (
        "animal",
        r"sheep|cows?|cattle|goats?|horses?|(?:mine[- ]detection |sniffer )?dogs?|animals?|livestock|donkeys?|camels?|buffalo(?:es)?|"
        r"pigs?|hens|lambs|heads? of (?:cattle|livestock)|oxen|bulls?|calves",
    ),
    ("self", r"(?:he|she) (?:himself|herself)(?= (?:was|lost|has|had|suffered|received|sustained|escaped|died|is))|(?:he|she)(?= and (?:an?|his|her|the) )|(?<=and )(?:himself|herself)"),
    ("same", r"the (?:other|second|third|fourth|fifth|last)(?=,?(?:(?:,| who)(?: [\w-]+){1,4},)? (?:\d+, )?(?:one )?(?:is|was|has|had|lost|suffered|died|received|sustained|got|escaped))|(?<!our )(?<!my )(?:his |her |their )?(?:co-?workers?|colleagues?|comrades?|fellow (?:soldiers?|workers?)|"
     r"assistants?|helpers?|workmates?|partners?|brothers?-in-arms)|(?:his|her|their) (?:two |three )?(?:deputy|deputies|mates?|second-in-command)|"
     r"the latter(?= (?:died|was|is|has|had|suffered|survived|lost|received|sustained|got|escaped))"),
    ("which", r"(?<!third, )(?<!second, )(?<!fourth, )the (?:elder|younger|former|oldest|youngest|first)(?: one)?(?=,?(?:,(?: [\w-]+){1,4},)? (?:(?:aged )?\d+, )?(?:died|was|is|has|had|suffered|survived|lost|received|sustained|got|escaped))"),
    ("unknown", r"(?<=my )colleagues?"),
    ("unknown", r"(?:younger|elder|older|youngest|smaller) ones?"),
    ("rest", r"the (?:others|rest|remaining \w+|other (?:passengers|occupants|travellers|men|women|people|children))|(?:everyone|everybody|all the) (?:else|others)"),
    ("civilian+age", r"\d+-year-olds?|(?:\w+-){1,3}year-olds?|(?:born|b\.) (?:in )?(?:19|20)\d\d(?:(?:,| and) (?:in )?(?:19|20)\d\d){0,6}(?: and (?:an? )?(?:resident|native|inhabitant)s?(?= of| in))?|aged \d+(?: and \d+)?|(?<=, )\d{1,2}(?:, \d{1,2}){0,6},? and \d{1,2}(?=,)"),
    (
        "civilian",
        r"(?<=the )(?!other|latter|former|driver's|soldier|officer)[a-z]{3,}(?:er|or|ist|ian|man|hand|keeper|mate)s?(?= (?:was|were|is|has been|had been) (?:\w+ )?(?:killed|injured|wounded|hurt|"
        r"maimed|dead|taken to|rushed to|hospitali)| died| lost (?:his|her|their|an?) | suffered (?:\w+ ){0,2}?(?:injur|wound|burn|concuss))|"
        r"(?:street )?sweepers?|fitters?|gravediggers?|refuse collectors?|dustm[ae]n|stonebreakers?|well[- ]diggers?|topographers?|schoolkids?|"
        r"brother-in-law|sister-in-law|son-in-law|daughter-in-law|father-in-law|mother-in-law",
    ),
    ("employee", r"our (?:[\w-]+ )?(?:colleagues?|staff(?: members?)?|team members?|employees?|workers?|people)|(?<=of its )(?:own )?people|(?:employees?|operators?|staffers?|staff(?: members?)?|personnel|members?|"
     r"specialists?|experts?|technicians?|volunteers?|crew members?|team leaders?|team members?|"
     r"experts?|interpreters?)"),
    ("unknown", r"(?:ethnic )?armenians?(?= (?:was|were|and))|(?:azerbaijani |ukrainian |russian |syrian |armenian ){0,6}(?:people|persons?|"
     r"individuals?|victims?|(?<!was the only )(?<!is the only )(?<!was the sole )(?<!is the sole )survivors?(?!')|azerbaijanis|armenians|ukrainians|syrians|afghans|foreigners?|others?(?! (?:two|three|four|five|six|seven|eight|nine|ten|\d)(?!\w))|"
     r"(?:\w+ )?nationals|lives|casualties|injured|wounded|of them|of whom|adults?|"
     r"of the (?:injured|wounded|victims|men|two|three|four))"),
    ("many", r"(?:several|many|some|dozens of|scores of|hundreds of|a number of|a few|various|"
     r"numerous|multiple)"),
)  # fmt: skip
COMMON = frozenset({
    "the", "of", "and", "in", "to", "a", "was", "were", "is", "has", "had", "on", "by", "for",
    "with", "at", "from", "that", "as", "an", "said", "been", "are", "it", "its", "their", "who",
    "after", "near", "two", "three", "one",
})  # fmt: skip
ABBREVIATIONS = (
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mr|mrs|ms|dr|st|col|gen|lt|sgt|capt|maj"
    r"|no|approx|vs|u\.s|u\.n|a\.m|p\.m|i\.e|e\.g|mt|rev|prof|gov|etc"
)
FURNITURE = (
    r"(?:read (?:also|more|next)|see also|related|more (?:about|on)|follow us|share|"
    r"subscribe|photo|image|video|advertisement|tags?|source|print|by)\b[^.]{0,80}:?$",
    r"(?:this audio is created|legal disclaimer|stay up-to-date|you must enable|"
    r"to be informed|remind me later|sign up|click here|all rights reserved)",
)
FURNITURE_BELOW = (
    r"a message from\b",
    r"dear readers",
    r"remind me later",
    r"legal disclaimer",
    r"(?:read|see) also:?$",
    r"related (?:articles|news|stories)\b",
    r"more (?:news|stories)\b",
    r"support (?:up|us|our work)\b",
    r"all rights reserved",
    r"about the author",
)
ORDINALS = {"first": 1, "second": 2, "third": 3}
NTH = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6}
AGES = (
    r"(?:(?<=woman )|(?<=nephew )|(?<=niece )|(?<=brother )|(?<=sister )|(?<=cousin )|(?<=pupil )|(?<=student )|(?<=son )|(?<=daughter )|(?<=teenager )|(?<=schoolboy )|(?<=schoolgirl )|(?<=boy )|(?<=girl )|(?<=man )|(?<=lad )|(?<=youth )|(?<=child ))of (?:\d{1,2}|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)(?!\w)|"
    r"(?:aged?|ages|between) (?:from |between )?\d{1,2}(?:(?: to | and |, | ?- ?|, and | or )\d{1,2}){0,6}|"
    r"\d{1,2}(?:(?: to | and |, | ?- ?| or )\d{1,2}){1,6} years? (?:old|of age)"
)
BELONGING = r" (?:of|from|in|with) (?:the |an? |its )?(?:(?!and\b|or\b)[\w'-]+ ){0,4}"
ARTICLE = r"an?"
APPOSITION = r"(?: (?:of|in|at|from|with) (?:the |an? )?(?:[\w'-]+ ?){1,4})?, (?:also )?(?:(?:an?|the) (?:[\w-]+ ){0,2}|(?:(?:junior|senior|chief|local|young) )?)"
NOT_NUMBER = (
    r"(?<=\bof )one(?= family)|(?<=\bfrom )(?:a )?(?:one|single)(?= [a-z])|"
    r"(?<=\bnot ){number}(?=,? but )|(?<=instead of ){number}|(?<=rather than ){number}|"
    r"(?<=, not ){number}(?=[,. ])"
)
SINGULAR_PRONOUN = r"(?:^|\W)(?:he|she) $"
REPORTED = r" (?:say|says|said|believe|hope|report|reported) (?:that )?(?:they|he|she|both|all)(?: of them)? "
PRONOUN_OBJECT = (
    r" (?:him|her)(?=[,.;]|$| (?:and|on|at|instantly|outright|immediately|while|but|as|when)(?!\w))"
)
SINGULAR_OUTCOME = r"(?:[\w'-]+ )*(?:his|her|him)(?!\w)|(?:was|is|has been|loses|suffers|dies|lost (?:his|her)|had (?:his|her)|(?:his|her)|(?:t[eo][ar]\w*|bl[eo]w\w*|ripp\w+|sever\w+|shatter\w+|crush\w+|mangl\w+) (?:off )?(?:both |one of )?(?:his|her|the man's|the woman's))(?:$| )"
CROWD = r"(?:\w+ )?(?:famil|group|crew|team|party|couple)"
CROWD_OF = r" of "
OWNER = (
    r"#[^#<]{0,20}(?:belonging to|owned by|property of|\bof) (?:[\w-]+ ){0,3}<.*>|"
    r"<.*>'s? (?:\w+ ){0,3}#.*"
)
POSSESSIVE = (
    r"'s? (?!death|deaths|killing|wound|injur|bod|remains|corpse|life|lives|condition|(?:(?:left|right|lower|upper|both) )?"
    + _LIMB
    + r")"
)
BODY = (
    r"(?:[ap]\.?m|o'clock|legs?|feet|foot|arms?|hands?|ribs?|fingers?|toes?|eyes?|limbs?|fractures?|days?|nights?|hours?|weeks?|"
    r"months?|minutes?|times|met(?:re|er)s?|km|kilomet(?:re|er)s?|miles|hectares?)(?!\w)"
)
HAMLET = r"village|hamlet"
WITHIN = r",? (?:in|of) (?:the )?"
WHOLE = r"(?:^|[.,;:] )(?:out )?of (?:the |these |those |its |their )?$"
BESIDE = r" "
DEPENDENT = (
    r"(?<!\w)(?:who|whom|whose|(?<!in )which) [\w'-]+(?: (?!(?:was|were|is|are|has|have|died)(?!\w))[\w'-]+){0,4}|"
    r"(?<!\w)(?:when|(?<!day )(?<!days )(?<!opened )(?<!launched )(?<!initiated )(?<!instituted )(?<!started )(?<!begun )(?<!under way )(?<!underway )after|since|because)(?!\w)[^,.;:\"]*"
)
ATTACHED = r" (?:accompanying|escorting|guarding|carrying|helping|following|driving|leading|assisting|searching for|looking for|visiting) (?:(?:an?|the|his|her|their|some|of|two|three|four|five|\d+) )?(?:[\w-]+ )?"
VICTIMS = r"(?:^|\W)(?:injured|wounded|victims|casualties)$"
RELATIVE = r" (?:who|whose|whom|that) "
OF_KIND = r"one"
EVERYONE = r"(?:both|all)(?!\w)"
RANK = r"(?:^|\W)(?:lieutenant|captain|major|colonel|sergeant|private|corporal)s?$"
AT_ONCE = r"(?:at|on) the (?:scene|spot|site|place)|instantly|immediately|at once|outright"
ANYONE = r"(?:^|\W)(?:man|woman|resident|villager|civilian|citizen|victim|soldier|serviceman|servicewoman|officer|boy|girl|youth|person|casualty|teenager|child)$"
SERVING = r"(?:^|\W)(?:drivers?|mechanics?|gunners?|loaders?|radio operators?|commanders?)$"
KIN = (
    r"(?:his|her|their) (?:[\w-]+ ){0,2}(?:brother|sister|son|daughter|wife|husband|father|mother|uncle|aunt|"
    r"cousin|nephew|niece|friend|neighbou?r|companion|colleague|comrade|grand\w+|child|twin|passenger|driver|"
    r"assistant|helper|partner|mate|workmate|co-?worker|\w+-in-law)s?$"
)
AT_PLACE = (r"(?:^|\W)(?:at|near|outside|in|around|by|of|from|beyond|between|towards?) $", r"")
PARTS_BEFORE = (
    r",? (?:were |was )?among (?:them|the (?:dead|injured|wounded|victims|passengers))(?=[.,;]|$)|"
    r" (?:were |was )among (?:the )?(?=(?:\d|two|three|four|five|six|seven|eight|nine|ten)[\w ]{0,40}?(?:injured|wounded|hurt|killed|dead))"
)
AGENT = r"(?:^of (?:the |these |those )?(?:\w+ )?|\bby (?:the |an? |some )?(?:\w+ ){0,2}|\b(?:told|tells|informed|informs) (?:\w+ )?|\bbefore (?:the )?(?:\w+ )?|\bby the time (?:the )?)$"
PARTITIVE = r"(?: out)? of (?:the |these |those |his |her |their |its |our )?"
MONTHS = (
    r"jan(?:uary|\.)?",
    r"feb(?:ruary|\.)?",
    r"mar(?:ch|\.)?",
    r"apr(?:il|\.)?",
    r"may",
    r"june?\.?",
    r"july?\.?",
    r"aug(?:ust|\.)?",
    r"sept?(?:ember|\.)?",
    r"oct(?:ober|\.)?",
    r"nov(?:ember|\.)?",
    r"dec(?:ember|\.)?",
)
WEEKDAYS = (
    r"mon(?:day|\.)?",
    r"tues?(?:day|\.)?",
    r"wed(?:nesday|\.)?",
    r"thu(?:rs?|rsday|\.)?",
    r"fri(?:day|\.)?",
    r"sat(?:urday|\.)?",
    r"sun(?:day|\.)?",
)
DATES = (
    (
        "night_between",
        r"(?:overnight|night) (?:of |on |between |from )?(?:the )?(?P<d>\d{1,2})"
        r"(?:st|nd|rd|th)?(?: (?:of )?(?P<m1>{month}))?(?: to | and |-)(?P<d2>\d{1,2})"
        r"(?:st|nd|rd|th)? (?:of )?(?P<m>{month})(?:,? (?P<y>\d{4}))?",
    ),
    (
        "night_between",
        r"(?:overnight|night) (?:of |on |between |from )?(?P<m1>{month}) (?P<d>\d{1,2})"
        r"(?:st|nd|rd|th)?(?: to | and |-)(?P<m>{month}) (?P<d2>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
        r"(?:,? (?P<y>\d{4}))?",
    ),
    (
        "night_between",
        r"(?:overnight|night) (?:of |on |between |from )?(?P<m>{month}) (?P<d>\d{1,2})"
        r"(?:st|nd|rd|th)?(?: to |-)(?P<d2>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
        r"(?:,? (?P<y>\d{4}))?",
    ),
    (
        "night_to",
        r"(?:overnight|the night|night)(?: from \w+| of \w+)? (?:in)?to (?:the )?"
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?(?: of)? (?P<m>{month})(?!\w)(?:,? (?P<y>\d{4}))?",
    ),
    (
        "night_to",
        r"(?:overnight|the night|night)(?: from \w+| of \w+)? (?:in)?to (?P<m>{month}) "
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<y>\d{4}))?",
    ),
    (
        "days",
        r"(?:between |from )?(?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?(?: (?:of )?"
        r"(?P<m1>{month}))?(?: ?- ?| to | and | or )(?:the )?(?P<d2>\d{1,2})(?:st|nd|rd|th)? "
        r"(?:of )?(?P<m>{month})(?:,? (?P<y>\d{4}))?",
    ),
    (
        "days",
        r"(?:between |from )?(?P<m1>{month}) (?P<d>\d{1,2}),? (?P<y1>\d{4}),? (?:- ?|to |and |until |through )"
        r"(?P<m>{month}) (?P<d2>\d{1,2}),? (?P<y>\d{4})",
    ),
    (
        "days",
        r"(?:between |from )?(?P<d>\d{1,2}) (?P<m1>{month}) (?P<y1>\d{4}),? (?:- ?|to |and |until |through )"
        r"(?P<d2>\d{1,2}) (?P<m>{month}) (?P<y>\d{4})",
    ),
    (
        "days",
        r"(?:between |from )?(?P<m1>{month}) (?P<d>\d{1,2})(?:st|nd|rd|th)?"
        r"(?: ?- ?| to | and | or )(?P<m>{month}) (?P<d2>\d{1,2})(?:st|nd|rd|th)?"
        r"(?:,? (?P<y>\d{4}))?",
    ),
    (
        "days",
        r"(?P<m>{month}) (?P<d>\d{1,2})(?:st|nd|rd|th)?(?: ?- ?| to | and | or )"
        r"(?P<d2>\d{1,2})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<y>\d{4}))?",
    ),
    (
        "day_rel",
        r"(?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?(?: of)? (?P<m>{month}),? (?:of )?(?:(?P<this>this)|last) year",
    ),
    (
        "day_rel",
        r"(?P<m>{month}) (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?:of )?(?:(?P<this>this)|last) year",
    ),
    (
        "day",
        r"(?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?(?: day)?(?: of)? (?P<m>{month})"
        r"(?!\w)(?:,? (?P<y>\d{4}))?",
    ),
    (
        "day",
        r"(?P<m>{month}) (?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
        r"(?:(?:,| of)? (?P<y>\d{4})(?!\d))?",
    ),
    ("day_word", r"(?P<m>{month}) (?P<dw>first|second|third)"),
    (
        "month_part",
        r"(?:the )?(?:(?P<early>early(?: in)?|beginning of|start of|first (?:days|week) of)|"
        r"(?P<mid>mid|middle of)|late(?: in)?|end of|last (?:days|week) of)[ -](?P<m>{month})(?!\w)"
        r"(?:,? (?P<y>\d{4}))?",
    ),
    (
        "rel_part",
        r"(?:(?P<early>early|at the beginning of)|(?P<mid>in the middle of)|late|at the end of) (?:(?P<this>this)|last)"
        r" month",
    ),
    ("month", r"(?P<m>{month})(?!\w)(?: of)?,? (?P<y>\d{4})"),
    ("month_rel", r"(?P<m>{month})(?!\w) (?:(?P<this>this)|last) year"),
    ("month", r"(?:in|during|of|since|this|last|throughout) (?P<m>{month})(?! \d)(?!\w)"),
    ("holiday:1:1", r"new year'?s day"),
    ("holiday:12:31", r"new year'?s eve"),
    ("offset:-1", r"(?:on the )?eve of (?=xx)"),
    (
        "anchor:0",
        r"(?:on )?(?:the|that) same (?:day|morning|evening|afternoon|night)|"
        r"(?:earlier|later) (?:that|the same) day|(?:on )?that day",
    ),
    (
        "anchor:-1",
        r"(?:a|one) day (?:earlier|before)|(?:on )?the (?:previous|preceding) (?:day|morning|afternoon|evening|night)|"
        r"the day before(?! yesterday)",
    ),
    (
        "anchor_ago",
        r"(?P<n>{number}) days? after(?= (?:the |an? |being |(?:he |she |they )(?:\w+ )?|his |her |their )"
        r"(?:[\w-]+ ){0,4}?(?:blast|explosion|incident|accident|injur|wound|hurt|hit|blown|step|trod|detonat))",
    ),
    ("anchor_ago", r"(?P<n>{number}) days (?:earlier|before)"),
    ("anchor_weeks", r"(?P<n>{number}) weeks? (?:earlier|before)"),
    (
        "anchor:-1",
        r"(?:a|one) day after(?= (?:an?|one|two|three|four|five|six|\d+|another)(?: [\w-]+){1,6}? (?:had|has|was|were|died|stepped|hit|lost)(?!\w))",
    ),
    (
        "anchor_ago",
        r"(?P<n>{number}) days after(?= (?:an?|one|two|three|four|five|six|\d+|another)(?: [\w-]+){1,6}? (?:had|has|was|were|died|stepped|hit|lost)(?!\w))",
    ),
    ("anchor:1", r"(?:on )?the (?:next|following) day|a day later"),
    ("offset:-2", r"the day before yesterday"),
    (
        "offset:-1",
        r"yesterday(?: (?:morning|evening|afternoon|night))?|last evening",
    ),
    ("offset:0", r"today|this (?:morning|afternoon|evening)|tonight|earlier in the day"),
    (
        "night_to_weekday",
        r"(?:overnight|the night|night)(?: from \w+| of \w+)? (?:in)?to (?P<w>{weekday})(?!\w)",
    ),
    ("span:-1:0", r"overnight|during the night|in the night|(?:late )?last night"),
    ("ago_days", r"(?P<n>{number}) days? ago"),
    ("ago_weeks", r"(?P<n>{number}) weeks? ago"),
    ("ago_months", r"(?P<n>{number}) months? ago"),
    ("ago_years", r"(?P<n>{number}) years? ago"),
    (
        "weekend",
        r"(?:over|at|on|during|last|this|the|past|previous) (?:the |this )?"
        r"(?:past |last )?weekend",
    ),
    ("week:-1", r"(?:last|the previous|the past) week"),
    (
        "week:0",
        r"(?:earlier )?(?:in )?(?:this|the current) week|earlier in (?:the|this) week",
    ),
    ("week_start", r"(?:at the (?:start|beginning) of|early in|early) (?:the|this) week"),
    ("anchor_month", r"(?:(?:in|during|later|earlier) )?(?:that|the same) month"),
    ("month_ago:-1", r"last month"),
    ("month_ago:0", r"(?:earlier |later )?this month"),
    ("year_ago:-1", r"last year"),
    (
        "recent",
        r"(?:the other day|in recent days|a few days ago|several days ago|recently(?!-| liberated| freed| returned| retaken| recaptured))",
    ),
    (
        "month_day",
        r"(?<=on )the (?P<d>\d{1,2})(?:st|nd|rd|th)(?=(?: ?,|\.|;| a | an ))",
    ),
    (
        "day_only",
        r"the (?P<d>\d{1,2})(?:st|nd|rd|th)(?= ?(?:,|\.|;|of this month|when|in |near |police|and ))",
    ),
    # *On a Saturday* is no certain one.
    ("weekday", r"(?<!\ba )(?<!\bone )(?P<last>last )?(?P<w>{weekday})(?!\w)"),
    ("year", r"(?:in|of|during|since|from|until|by|year) (?P<y>(?:19|20)\d\d)(?![\d-])"),
)
ORG = (
    (
        "owner",
        r"(?<=of )its(?= (?:[\w-]+ )?(?:staff|teams?|employees?|members?|workers?|people|personnel|experts?|specialists?|crews?|operators?)(?!\w))",
    ),
    (
        "agency",
        r"(?<=of the )agency|(?<=of this )agency|agency(?= employees?| specialists?| staff)",
    ),
    (
        "deminer",
        r"(?:azerbaijan )?(?:national )?(?:agency for )?mine action(?: agency)?"
        r"(?: of azerbaijan)?|anama|mine action|the halo trust|halo(?: trust)?|(?:humanitarian )?de-?mining "
        r"(?:agency|company|organi[sz]ation|operator|charity|ngo|team|group)|mine[- ](?:clearance|action|clearing) (?:agency|company|organi[sz]ation|operator|charity|ngo|group|contractor|firm|"
        r"team)|mines advisory group|cmac|mag|clearance (?:agency|company|team)|mine detection cent(?:er|re)|"
        r"demining|mine[- ]clearance|dog unit",
    ),
    (
        "emergency_worker",
        r"(?:the )?(?:state )?emergenc(?:y|ies) (?:service|services|situations)|(?:state )?(?:service|committee) (?:of|for) emergenc(?:y situations|ies)|"
        r"emergenc(?:y|ies) ministry|ministry of emergenc\w+(?: situations)?|rescue "
        r"(?:service|team)|ambulance|fire (?:brigade|service)",
    ),
    (
        "police",
        r"police|interior ministry|ministry of (?:the )?interior|ministry of "
        r"internal affairs|internal affairs|internal troops|traffic police",
    ),
    (
        "military",
        r"(?:state )?border (?:service|guard)|defen[cs]e ministry|ministry of "
        r"defen[cs]e|army|armed forces|military|national guard|special forces|navy|"
        r"engineer(?:ing)? (?:troops|corps)",
    ),
    ("peacekeeper", r"peacekeep\w+|unifil|minusma|unprofor"),
    (
        "aid_worker",
        r"(?:international committee of the )?red cross|red crescent|icrc|"
        r"(?:international )?(?:relief|aid|charitable) (?:organi[sz]ation|agency|group|ngo)|united nations|un|unicef|wfp|unhcr|humanitarian (?!de-?mining|mine)\w+|aid (?:agency|group)|charity",
    ),
    (
        "journalist",
        r"(?:azerbaijani |local |foreign |state )?media|tv|television|news agency|newspaper|channel|media outlet",
    ),
)
QUALIFIER = (
    ("over", r"more than|over|upwards of|exceed(?:s|ed|ing)"),
    ("least", r"at least|no fewer than|not less than|a minimum of"),
    ("almost", r"almost|nearly|close to"),
    ("most", r"up to|at most|as many as"),
    ("about", r"about|around|approximately|some|roughly|an estimated|estimated"),
)
INCLUDING = (
    (
        "part",
        r"including|(?<!is )(?<!are )(?<!was )(?<!were )among them|among whom|(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+|some|most|many|both) of (?:them|whom)|"
        r"of (?:them|whom|these|those)|both of them|(?<=, )all(?= )|one of whom|"
        r"among the victims|namely|they are",
    ),
    (
        "killed",
        r"the (?:deceased|dead (?:man|woman|boy|girl|person|soldier|serviceman|officer)),(?= (?:an? |\d))|"
        r"among the (?:\w+ )?(?:dead|killed|fatalities)|(?:the )?(?:dead|fatalities) (?:include|are)(?= )|"
        r"the (?:\w+ )?(?:dead|killed|deceased|fatalities)(?: m[ae]n| people| person| wom[ae]n)? (?:included?|are|were|is|was)"
        r"(?= (?:an? |the |both |all |two |three |\d|(?:\w+ )?(?:employees|workers|soldiers|servicemen|civilians|members)))",
    ),
    (
        "injured",
        r"among the (?:\w+ )?(?:injured|wounded|hurt)|(?:the )?(?:injured|wounded)(?: m[ae]n| people| person| wom[ae]n)? (?:included?|are|were|is|was)"
        r"(?= (?:\d|an? |the |one |two|three|four|five|six|seven|eight|all |both |(?:\w+ )?(?:employees|workers|soldiers|servicemen|civilians|members)))",
    ),
)
MORE = (
    (
        "strong",
        r"in addition(?! to)|(?:walking|following|coming|standing|sitting|riding) (?:right )?(?:behind|beside|after|next to|near) (?:him|her|them)|along with (?:him|her|them)|also (?:killed|injured|wounded|among)",
    ),
    (
        "more",
        r",? too(?=[,.;]| (?:was|were|suffered|got|received|caught|had|lost|died))|others?|another|a (?:second|third|fourth|fifth)(?!-)|more|further|additional|also|as well|in addition(?! to)",
    ),
)
BACKGROUND = (
    ("left", r"unexploded|undetonated|rusty|left (?:over |behind )?(?:from|since|after)"),
    (
        "later",
        r"(?:(?:an|one|two|three|four|five|six|several|a few|some|\d+|half an) )?(?:hours?|minutes) (?:later|after that|afterwards)|later (?:that|the same|on the same) (?:day|morning|afternoon|evening)",
    ),
    (
        "sum",
        r"thus|(?:in total|altogether|all in all|overall)(?=,)",
    ),
    (
        "riders",
        r"(?:was|were|sat|rode|had been) (?:\w+ ){0,2}?(?:in|inside|on|aboard) (?:it|board|the (?:\w+ )?(?:car|vehicle|truck|bus|lorry|van|tractor|jeep|pickup|minibus))(?=[,.;]|$| (?:at|when))|"
        r"(?:were|was) (?:travelling|traveling|riding) in (?:it|the (?:\w+ )?(?:car|vehicle|truck|bus|lorry|van|jeep|pickup|minibus))(?=[,.;]|$| (?:at|when))",
    ),
    (
        "help",
        r"(?:rush|ran|run|hurr|hasten|race|came|come|went|go|sprint)\w* (?:up |over |out |in )?to (?:them|him|her|help|(?:his|her|their|the) (?:aid|help|rescue|assistance|side|wounded|injured|victims?))(?!\w)|(?:help(?:ing|ed)?|aid|rescue|rescuing|assist(?:ing|ance)?|reach|recover(?:ing)?|retriev(?:e|ing)|carry(?:ing)?|evacuat(?:e|ing)) (?:to )?(?:him|her|them|the (?:\w+ )?(?:victims?|wounded|injured|dead|m[ae]n|body|bodies)|(?:his|her|their) \w+)",
    ),
    (
        "back",
        r"(?:in|on|at|near) (?:the|that|this) (?:very )?same (?:district|area|village|place|spot|road|stretch|field|region|settlement|town|location)",
    ),
    (
        "separate",
        r"(?:last|this) (?:month|week|year) [^.]{0,60}in the same (?:district|region|area|village|province)|"
        r"(?:in )?(?:a |an )?(?:similar|separate|another|second|third|other|"
        r"different|previous|earlier) (?:\w+ )?(?:incidents?|accidents?|cases?|"
        r"mine (?:blasts?|incidents?|explosions?|accidents?))|elsewhere|separately|meanwhile|"
        r"(?:a |another )?(?:similar|separate|other|different|previous|earlier|another) (?:\w+ )?(?:mines?|landmines?|blasts?|explosions?)",
    ),
    (
        "next",
        r"(?:a |the )?(?:second|third) (?:\w+ )?(?:mines?|landmines?|blasts?|explosions?|devices?)",
    ),
    (
        "shortly",
        r"earlier,? (?:in|at|on) (?:the|that) (?:very )?same (?:place|area|spot|field|road)|"
        r"(?:shortly|hours?|minutes|moments|not long) (?:\w+ )?(?:before|earlier)|earlier"
        r"(?:,)? (?:in the day|that (?:same )?day|the same day|on the same day|on)",
    ),
    (
        "recall",
        r"earlier(?!,? (?:reports?|versions?|statements?|media))|previously|"
        r"it (?:is|was) (?:worth (?:noting|recalling|mentioning)|recalled)|recall(?:ed)?|"
        r"as (?:previously |earlier )?reported|in the past|last time|as a reminder|"
        r"to recall|the latest in a series|in (?:a )?related (?:news|development)",
    ),
    (
        "first",
        r"(?:first|at first|(?:in )?the first (?:case|blast|explosion|accident|incident|mine|victim|device)|in one (?:case|incident|accident|of them))(?=,| )",
    ),
    (
        "then",
        r"(?<!since )(?<!by )(?<!until )then(?=,? (?:an?|the|another|two|three|four|five|\d+|on|in|at) )",
    ),
)
PERIOD = (
    (
        "rate",
        r"every (?:\w+ )?(?:days?|weeks?|months?|hours?|years?) on average|on average|every (?:\w+ ){1,2}(?:days|hours|weeks|months)",
    ),
    (
        "count",
        r"number of (?:\w+ ){0,3}?(?:victims|casualties|deaths|people|dead|injured|wounded)",
    ),
    (
        "since",
        r"(?<!missing )since(?! then| (?:last )?(?:mon|tues|wednes|thurs|fri|satur|sun)day| yesterday| died| been| passed| succumbed| recovered| become| lost| had| left)|so far|to date|until now|"
        r"up to now|as of (?:today|now|\w+ \d+)|from \d{4} (?:to|until|through)|"
        r"between \d{4} and|since then|"
        r"(?:ceasefire|truce|armistice|agreement|war|statement) and(?= (?:the )?(?:early|late|mid|beginning|start|end|middle)(?!\w))",
    ),
    (
        "during",
        r"(?:in|during|over|for|between|from|throughout) (?:"
        r"(?:january|february|march|april|may|june|july|august|september|october|november|december)(?: (?:and|to|through|till) |-)"
        r"(?:january|february|march|april|may|june|july|august|september|october|november|december)|the (?:summer|winter|spring|autumn)(?: months)?)(?!\w)(?! \d)|"
        r"(?:in|during|over|for) the (?:first|second|last) (?:half|quarter|six months|nine months|three months)(?: of (?:the|this|last) year)?",
    ),
    (
        "during",
        r"(?:over|during|in|within|for|of|through) (?:the )?(?:past|last|first|"
        r"previous|recent|preceding|whole|entire) (?:[\w-]+ ){0,2}?(?:years?|months?|weeks?|"
        r"decades?|days|quarters?|half)|(?:in|over|within|for|during) "
        r"(?:[\w-]+ )?(?:years|decades|months|weeks)|every (?:year|day|month|week|\w+ )|"
        r"each (?:year|month|day)|annual(?:ly)?|per year|yearly|a year|monthly|weekly",
    ),
    (
        "during",
        r"(?:in|during) (?:past|previous|earlier|recent|former) years|"
        r"(?:in|within|over) (?:the space of |just |only )?(?:two|three|four|five|six|\d+) days|"
        r"(?:in|during|for) (?:the year )?(?:19|20)\d\d(?: alone)?(?! in a)|"
        r"this year(?: alone)?|last year(?: alone)?|in the (?:first|second) (?:\w+ )?"
        r"(?:months?|half|quarter)|in the (?:\d{4}s|nineties)",
    ),
    (
        "total",
        r"(?:two|three|four|five|six|seven|eight|nine|ten|several|dozens of|\d+) (?:such |mine |landmine )?(?:incidents|accidents|explosions|blasts|cases)(?: (?:with|of|involving|caused by) (?:\w+ ){0,2}?\w+)? "
        r"(?:(?:were|was|have been|had been|has been) )?(?:recorded|registered|reported|documented|logged|counted)(?: [\w-]+){0,3}? (?:this year|last year|since|so far|in (?:19|20)\d\d)|"
        r"in (?:two|three|four|five|six|several|a number of|\d+) (?:separate |different )?"
        r"(?:mine )?(?:incidents|cases|blasts|explosions|accidents)|(?:total|overall|altogether|cumulative|combined(?! arms)|all in all|in all)"
        r"(?: number)?(?! of (?:one|two|three|four|five|six|seven|eight|nine|ten|\d)\w* "
        r"(?:people|persons|civilians|soldiers|servicem|men|workers|children|victims))|"
        r"statistics|figures|(?:year|month) in review|(?:annual|yearly|year-end) (?:results|review|report)|"
        r"(?:after|following) the (?:\w+ )?(?:war|ceasefire|conflict|truce)|"
        r"after the (?:end of (?:the )?)?(?:\w+ )?(?:war|hostilities|conflict)(?: ended)?|"
        r"(?:end of|ended) the (?:\w+ )?(?:war|hostilities)|post-war|"
        r"bring(?:s|ing)? (?:the )?(?:total|number|toll)|died in the conflict|worldwide|"
        r"globally|in the world|in the conflict|in the war",
    ),
)
SUPERLATIVE = (
    (
        "first",
        r"(?:first|worst|deadliest|latest|biggest|most \w+|only|second|"
        r"third|fourth|fifth|such (?:incident|case)|(?:six|seven|eigh|nin|ten|eleven|twelf|[a-z]{2,6}teen|[a-z]{3,5}tie|\d+)th)(?: such)? "
        r"(?:[\w-]+ ){0,8}?(?:since|in (?:\w+ )?(?:months|years|weeks|days)|so "
        r"far|this (?:year|month|week)|in a (?:week|month|year))",
    ),
)
OTHER_CAUSE = (
    (
        "illness",
        r"heart attack|cardiac arrest|stroke|illness|covid\S*|coronavirus|suffocated|drowned",
    ),
    (
        "fire",
        r"shelling|shelled|artillery (?:fire|strikes?|attacks?|shelling)|"
        r"mortar (?:fire|attacks?|shelling|strikes?)|drones?|uavs?|quadcopters?|kamikaze|"
        r"(?:rockets?|(?:artillery |mortar )?shells?|mortars?) (?:\w+ ){0,2}?(?:hit|struck|landed|landing|rained|fell|falling|slammed)|"
        r"missiles?|rocket launchers?|fired (?:by|from)|rocket (?:attacks?|fire|strikes?)|air ?strikes?|air raids?|bombardments?"
        r"|bombed|bombings?|gunfire|gunm[ae]n|gunshots?|shot|shootings?|snipers?|clash(?:es"
        r"|ed)?|ambush(?:ed)?|sabotage|opened fire|under fire|fired",
    ),
    (
        "attack",
        r"(?:packed|loaded|filled|laden|rigged|stuffed) with explosives|explosives?-laden|suicide|blew (?:him|her|it|them)sel(?:f|ves) up|blowing (?:him|her|it|them)sel(?:f|ves) up|(?:family|domestic) (?:dispute|row|argument)|quarrel\w*|brawls?|feuds?|fit of (?:anger|rage)|"
        r"(?:killed|shot|injured|wounded|murdered|attacked|ambushed|beheaded) by (?:\w+ ){0,2}?(?:insurgents?|militants?|rebels?|jihadists?|terrorists?|gunm[ae]n)(?!['-])|"
        r"car bombs?|roadside bombs?|roadside explosi\w+|ieds?|v?bieds?|"
        r"improvised explosive devices?|booby[- ]trapped|parcel bombs?|bomb attack|"
        r"remote-controlled|remotely detonated|(?:grenades?|bombs?|explosives?) (?:was |were |had been |being )?(?:\w+ )?(?:hurled|lobbed|tossed|thrown)(?! (?:in with |into |in |on |onto )(?:an? |the )?(?:\w+ )?(?:bonfire|fire|campfire|stove|oven|flames|waste|rubbish|litter|scrap))|(?:hurl|lobb|toss|throw)(?:ed|ing|s)? (?:an? |the |two |three |several )?(?:[\w-]+ ){0,2}?(?:grenades?|bombs?|explosives?)|threw (?:an?|the) (?:[\w-]+ ){0,2}?"
        r"grenade|terror attack|bomb planted|time bomb",
    ),
    (
        "accident",
        r"gas|gold|copper|"
        r"collapsed?|avalanche|earthquakes?|landslides?|road accidents?|car accidents?|"
        r"traffic accidents?|collision|collided|crash(?:ed)?|boilers?|fireworks?|"
        r"heart attack|lightning|blaze|caught fire in|petrol|fuel tank|quarry|quarries|"
        r"refinery|power plant|factory|drown(?:ed)?|ammunition depots?|depots?|(?:detonator|ammunition|munitions?|explosives?) (?:plant|factory|store|warehouse)|"
        r"arms depots?|warehouse|arsenal|overturned|plunged|rock ?fall|transformer",
    ),
    (
        "mining",
        r"methane|coal|(?:iron |copper )?ore mines?|iron mines?|miners?|mine ?shafts?|mineshafts?|collier(?:y|ies)|pits? collapse",
    ),
    (
        "sea",
        r"(?:naval|sea|drifting|floating|maritime|marine) mines?|minesweepers?|mine-?hunters?|"
        r"(?:ships?|vessels?|freighters?|trawlers?|tankers?) (?:\w+ ){0,3}?(?:hit|struck|blown up|ran into|set off)",
    ),
    (
        "figure",
        r"gold ?mines?|coal ?mines?|copper mines?|data ?mines?|"
        r"mine of (?:information|data)|(?:friend|colleague|car|house|job|fault|idea) of mine|"
        r"crypto|bitcoin|(?<!de-)mining(?! (?:company|firm|engineer|enterprise))",
    ),
)
FICTION = (
    (
        "held",
        r"(?:as part of|in|during) (?:the|an?|this) (?:[\w-]+ ){0,3}?(?:training|exercise|drill)s?(?! grounds?)|(?:under|according to|in) (?:the|an?) (?:\w+ )?scenario|scenario of|dummy|(?:made up|make-up) (?:with|as)|"
        r"(?:first[- ]aid|training|safety|risk education|awareness) (?:courses?|sessions?|classes)|(?:sessions?|lessons?|briefings?|courses?|classes) (?:on|in|about) |mine[- ]awareness day|day for mine awareness|(?:acted|acting|pose[ds]?|posing) as|(?:took|taking|takes) part in (?:an?|the) (?:\w+ ){0,2}?(?:drill|exercise)s?|"
        r"(?:lessons?|sessions?|classes|briefings?|trainings?) (?:was|were|is|are|has been|have been) (?:\w+ )?(?:held|given|conducted|organi[sz]ed)|"
        r"(?:told|tells|telling) (?:them|the \w+|pupils|children) (?:about|of) an? \w+ who|"
        r"\"(?:wounded|injured|casualt(?:y|ies))\"|charity (?:match|game|concert|race|run|walk|gala|dinner|auction|event|sale)|fundrais\w+|honou?red (?:\w+ ){0,4}?(?:who|that)|"
        r"famil(?:y|ies) of (?:[\w-]+ ){1,12}?(?:received|were given|was given|got|were awarded|moved into) (?:\w+ )?(?:flats?|houses?|homes?|keys|apartments?|certificates?|cars?|money|payments?)|"
        r"(?:practi[cs]|rehears)(?:ed|es|ing) \w+|"
        r"(?:exercises?|drills?) (?:was|were|is|are|has been|have been) (?:held|conducted|carried out)|"
        r"(?:in|at) (?:an?|the) (?:\w+ )?(?:drill|exercise) (?:held|where|in which|that)|notional|simulat\w+|imitat\w+|rehears\w+|role-?play\w*",
    ),
    (
        "past",
        r"bills?(?= (?:on|about|would|was|under)(?!\w))|draft laws?|(?:under|according to) the (?:bill|law|decree|draft)|"
        r"(?:second|third|first) reading|legislation|amendments?|cabinet of ministers|lump sums?|monthly (?:payments?|allowances?|pensions?)|"
        r"(?:comes?|came|entered|enters|entering) into force|court|trial|jail(?:s|ed)?|sentenced?|convict\w+|defendants?|verdict|testif\w+|lawsuit|guilty|indicted|in damages|compensation claim|"
        r"veterans (?:who|that) had (?:once )?(?:stepped|trodden|lost|been)|"
        r"(?:spoke|speaking|honou?red|received|addressed|guests?) (?:\w+ ){0,2}?(?:at|in) (?:the|an?) (?:\w+ )?(?:ceremony|commemoration|reception)",
    ),
    (
        "story",
        r"(?<=the )former (?:shepherd|farmer|driver|herder|herdsman|worker|teacher|builder|miner|fisherman|welder|labourer)|"
        r"(?:told|tells|telling|recall(?:s|ed)?|remember(?:s|ed)?|describe[ds]?) (?:\w+ ){0,3}?how (?:he|she|they|his|her)|"
        r"(?:small |cash |one-off )?(?:grants?|allowances?|pensions?|benefits|scholarships?|aid packages?)(?= )|(?:pictures?|photos?) of|protest(?:ed|ers?|ing)?|rall(?:y|ied)|leaflets?|witness(?:es)? (?:told|said|testified)|monuments?|memorials?|unveil\w*|medals?|champion\w*|anniversary|commemorat\w+|"
        r"(?<!need a )(?<!needs a )(?<!needed a )(?<!a new )(?<!a better )(?<!waiting for a )(?<!waits for a )(?<!waited for a )(?<!awaiting a )prosthe\w+|(?:half-)?marathon",
    ),
    (
        "story",
        r"(?:film|movie|novel|documentary|play|book|exhibition|poem|song|series|story) (?:about|on|of)|"
        r"amputees|albums?|on the cover|novel|photographs? of|portraits?|(?:soldiers|servicemen|men) (?:who|that) had (?:once )?(?:stepped|trodden|lost (?:an? |both |one |their )?(?:\w+ )?"
        + _LIMB
        + r"|been (?:killed|injured|wounded|maimed))|(?:was|were) honou?red",
    ),
    (
        "drill",
        r"(?:in|during) (?:an? |the )?(?:\w+ )?(?:tests?|trials?)(?! (?:ground|site|range))|mannequins?|dumm(?:y|ies)|exercises?|(?<!seed )(?<!the )drills?|training mines?|mock|mock-up|dummy|"
        r"scenario|\"(?:hit|wounded|injured|victims?)\"|war game|"
        r"film|movie|documentary|actors?|theatre|play(?=,? by)",
    ),
    ("accused", r"sentenc\w+|charged|indict\w+|accused|testimony"),
    (
        "show",
        r"(?:association|union|society|organi[sz]ation|support group) (?:of|for) (?:\w+ )?(?:people|persons|those|veterans|victims|survivors|mine)|victims'? (?:association|union|society)|"
        r"(?:laid|laying|lay) (?:\w+ )?(?:flowers|wreaths?)|in (?:memory|remembrance) of|paid tribute|minute of silence|"
        r"wreath-laying|match(?:es)?|concert|exhibitions?|exhibits?|museums?|"
        r"conference|webinar|seminars?|workshop|ceremony|festival|"
        r"tournament|donat\w+|award(?:ed)?|(?<!a new )(?<!a better )(?<!waiting for a )(?<!waits for a )(?<!waited for a )(?<!awaiting a )prosthe\w+|rehabilitat\w+ cent\w+|"
        r"veterans?|mine survivors?|book|poem",
    ),
)
DENIED = (
    (
        "correction",
        r"^(?:a )?(?:correction|corrigendum|erratum)(?=[.:,]| )|we (?:regret|apologi[sz]e)|our apologies|(?:has|have) been corrected",
    ),
    (
        "withdrawn",
        r"(?<!as )(?<!what )(?:we|(?:this|our) (?:site|newspaper|paper|agency|website|portal|channel|outlet)) (?:\w+ ){0,3}?(?:reported|wrote|said|stated|published|claimed)|"
        r"(?:in )?(?:an|our|the) (?:earlier|first|original|previous) (?:version|report|story|article|item)[^.;,]{0,60}? (?:reported|wrote|said|stated|claimed|gave)",
    ),
    (
        "whole",
        r"(?:reports?|claims?|information|rumou?rs?|news) (?:that|of|about) [^.]{0,160}? (?:are|is|were|was|be) (?:\w+ )?"
        r"(?:untrue|false|not true|fake|baseless|unfounded|groundless)",
    ),
    (
        "before",
        r"(?:has |have )?(?:denied|refuted|rejected|dismissed) (?:this|it|these|the claim|the report)|(?:do|does|did) not correspond to (?:reality|the truth)|(?:was|were|been|is|are) (?:later |since |also )?(?:denied|refuted|rejected|false|untrue|fake|"
        r"not true|dismissed)",
    ),
    (
        "denied_what",
        r"(?:den(?:ied|ies|y|ying)|refut(?:ed|es|ing|e)|dismiss(?:ed|es|ing)|reject(?:ed|s|ing)|rebuff(?:ed|s)|debunk(?:ed|s)) (?:[\w'-]+ ){0,4}?(?:reports?|claims?|"
        r"information|rumou?rs?|allegations?|news|stor(?:y|ies)|posts?|talk|videos?|footage)(?: [\w-]+){0,3}? (?:of|that|about|on|according to|saying|claiming|alleging)"
        r"(?! (?:\w+ )?(?:casualties|deaths|victims|losses|injuries))",
    ),
    (
        "denied_what",
        r"(?:den(?:ied|ies|ying)|said|says|insist(?:s|ed)|maintain(?:s|ed)) (?:that )?(?:there (?:was|were|had been) no|"
        r"no) (?:[\w-]+ ){0,2}?(?:mine (?:blasts?|incidents?|explosions?)|such (?:incident|blast|event|case)|incidents?)|"
        r"(?:denied|denies|denying) (?:that|any)(?! (?:\w+ )?(?:casualties|deaths|victims|losses|injuries))",
    ),
    (
        "whole",
        r"(?:call(?:ed|s|ing)|describ(?:ed|es|ing)|brand(?:ed|s)|label(?:led|s)) (?:[\w-]+ ){0,3}?(?:reports?|claims?|rumou?rs?|stor(?:y|ies)|"
        r"information|news|talk|posts?) [^.]{0,160}?(?:false|fabricat\w+|fake|untrue|baseless|groundless|unfounded|lies?|nonsense|"
        r"disinformation|inventions?|fiction|hoax|provocation)(?!\w)|(?:put down to|attributed to|blamed on|ascribed to|thought to have "
        r"been caused by) (?:an? |the )?(?:[\w-]+ )?(?:land)?mines?(?: \w+){0,4}? (?:in fact|actually|but)(?!\w)|"
        r"(?:rul(?:ing|ed|es) out|exclud(?:ing|ed|es)) (?:an? |the |any )?(?:\w+ )?(?:land)?mine(?: blast| explosion)?|(?:and|,) not (?:by )?an? (?:land)?mine(?=[,. ])(?! but)|"
        r"(?:was|were|is) not (?:caused by )?an? (?:land)?mine(?=[,. ])",
    ),
    (
        "whole",
        r"not (?:\w+ )?(?:linked|related|connected|due) (?:to|with) (?:an? |the )?(?:land)?mines?|"
        r"(?:boilers?|gas|cylinders?|heaters?|stoves?|tyres?|fireworks?)(?: \w+)?,? (?:and )?not (?:by )?an? (?:land)?mine(?![- ]\w)|"
        r"(?:took|taken|mistook|mistaken) (?:\w+ )?for an? (?:\w+ )?(?:land)?mine|(?:due to|caused by|traced to) (?:an? )?(?:\w+ )?gas (?:bottle|cylinder|leak|explosion)",
    ),
    (
        "that",
        r"(?:denied|denies|dismissed|rejected|refuted|rebutted) (?:all |any )?(?:this|these|those|the|such) (?:\w+ )?(?:reports?|claims?|information|rumou?rs?|news|story|posts?)|"
        r"(?:this|these|the|such|those) (?:reports?|claims?|information|rumou?rs?|news|story|posts?) (?:is|are|was|were) (?:\w+ )?(?:false|untrue|fake|baseless|groundless|unfounded|invented|denied)|"
        r"this is (?:not true|untrue|false|a lie)",
    ),
    (
        "no_such",
        r"fact-?check\w*|no (?:traces?|signs?) of an? (?:explosion|blast)|(?:that|is|was|as) an? (?:hoax|invention|fabrication)|no (?:blast|explosion|such \w+) (?:took place|happened|occurred|was recorded)|"
        r"nothing of the (?:kind|sort)|no such (?:incident|blast|thing|case|event|explosion)|there (?:was|had been) no (?:explosion|blast|mine|such)|"
        r"nothing to do with (?:an? |the )?(?:land)?mines?",
    ),
    (
        "denied",
        r"den(?:y|ies|ied|ying)|refut\w+|dismiss\w+|rejected the (?:reports?|"
        r"claims?)|(?:is|was|are|were) (?:not true|false|untrue)|fake|disinformation|"
        r"does not correspond to|not correspond to reality|no truth|untrue|fabricat\w+|baseless|groundless|unfounded|hoax|"
        r"nothing of the (?:kind|sort)",
    ),
    (
        "early",
        r"(?:according to |by )?(?:preliminary|early|provisional) (?:information|data|reports?|figures?|counts?)|preliminarily",
    ),
    (
        "firm",
        r"in fact|actually|in reality|in truth|(?:but |and )?(?:it )?(?:later|since|subsequently|afterwards) (?:it )?(?:said|clarified|corrected|revised|put|specified|turned out|emerged|"
        r"transpired|became clear|established)|clarif\w+|(?:now|today) (?:says?|puts|speaks? of|reports?|gives?)|updated|turned out|final(?:ly)?|corrected (?:it|its|the)|revised",
    ),
    (
        "unconfirmed",
        r"unconfirmed|unverified|not (?:been |yet |yet been )?(?:confirmed|"
        r"verified)|rumou?rs?|allegedly|social (?:media|networks?)|could not be "
        r"(?:independently )?verified|telegram channels?|according to rumou?rs",
    ),
    (
        "outdated",
        r"(?:had|has|have|was|were)(?: been)? (?:previously|earlier|initially|at first|originally|first) (?:reported|announced|given|confirmed)|"
        r"(?:had been|were|was) (?:reported|announced|given|confirmed) (?:earlier|before|at first|previously|initially)",
    ),
    (
        "corrected",
        r"(?:at )?first,? (?:it was |they |police |officials )?(?:said|reported|believed|spoken? of|put)|it was (?:first|initially|originally) (?:said|reported|thought|believed)|"
        r"(?:it|which|that|they) had (?:said|reported|spoken)|(?:had|have) (?:earlier|previously|at first) (?:written|said|reported|spoken)|earlier (?:(?:in the|that|the same|on the same) (?:day|morning|evening) )?[^.;]{0,40}?(?:reported|announced|spoke of|put)|earlier (?:\w+ )?(?:reports?|versions?|statements?|reported|"
        r"information)|initially (?:said|reported|believed|put)|"
        r"initial (?:reports?|information)|first reports?|was previously reported|"
        r"previously reported",
    ),
)
AND = (("and", r"and|as well as|along with|together with|plus"),)
_ORDNANCE = r"(?:(?:explosive )?(?:devices?|mines?|substances?|objects?)|explosives?|ammunition|munitions?|shells?|ordnance)"
NOT_BLAST = (
    (
        "hit",
        r"stop(?:s|ped|ping)? (?:[\w-]+ ){0,4}?(?:in front of|short of|before|from) (?:an? |the )?(?:[\w-]+ ){0,2}?(?:land)?mines?",
    ),
    (
        "absent",
        r"no (?:traces? of (?:an? )?|signs? of (?:an? )?|other |unexploded )?"
        + _ORDNANCE
        + r" (?:was|were|has been|have been|had been) (?:found|discovered|detected)|"
        r"(?:did not|didn't) (?:find|discover|detect) any (?:traces? of )?" + _ORDNANCE,
    ),
    (
        "planned",
        r"controlled (?:\w+ )?(?:explosions?|detonations?|blasts?|demolitions?|destruction)|"
        r"(?:planned|scheduled|safe|controlled) (?:disposal|destruction|demolition)|"
        r"(?:disposal|demolition|destruction) of (?:[\w-]+ ){0,3}?" + _ORDNANCE + r"|"
        r"(?:planned|scheduled) (?:explosions?|detonations?|blasts?)|"
        r"(?:mines|shells|bombs|munitions|grenades|devices|rockets|rounds) were (?:\w+ )?(?:blown up|detonated|exploded|destroyed)",
    ),
    (
        "dud",
        r"(?:that |which )?(?:failed to|did not|didn't|had not|never) (?:explode|detonate|go off|exploded|detonated|gone off)",
    ),
    (
        "hit",
        r"(?:did|had|has|have|was|were)(?: not|n't| never) (?:\w+ )?(?:step(?:ped)?|tread|trod(?:den)?|hit|struck|blown up|run over|driven over)"
        r"(?: \w+){0,3}? (?:land)?mines?|not (?:by|from|because of|due to|caused by|in|on) (?:an? |any |the )?(?:land)?mine(?: blast| explosion)?(?= |,|\.)(?! but)|"
        r"no (?:land)?mine (?:was|had been) involved|nothing to do with (?:an? |the )?(?:land)?mines?",
    ),
    (
        "none",
        r"(?:sappers|experts|engineers|deminers|police|army|troops|specialists|technicians) (?:\w+ )?(?:detonated|blew up|exploded|destroyed)|"
        r"(?:blew|blow|blowing|blown) up (?!by |on |over )(?:[\w-]+ ){1,5}?(?:land)?(?:mines|shells|munitions|bombs|grenades|devices|rounds)(?! (?:killed|injured|wounded|that (?:killed|injured)))|"
        r"(?:no|without(?: any)?|prevent\w*(?: an?)?|avert\w*(?: an?)?) (?:explosions?|"
        r"blasts?|detonations?|exploding)|(?:did|had|have|has|do|does)(?: not|n't) "
        r"(?:explode|exploded|detonate|detonated|go off|gone off)|failed to "
        r"(?:explode|detonate|go off)|"
        r"(?:safely|remotely) (?:detonated|blown up|exploded)|"
        r"(?:tragedy|disaster|catastrophe|misfortune|accident|bloodshed|the worst) (?:was|were|has been|had been|is) (?:\w+ )?(?:averted|prevented|avoided)|"
        r"(?:avert|prevent|avoid)(?:ed|ing|s) (?:an? |the )?(?:possible |likely |real |great |terrible )?(?:tragedy|disaster|catastrophe|accident)|"
        r"(?:explosions?|detonations?|blasts?)\b[^.;]{0,90} (?:was|were|are) (?:all |only )?(?:planned|scheduled|controlled)\b|"
        r"(?:taken|moved|transported|removed|brought) to (?:an? |the )?(?:[\w-]+ ){1,3}?(?:and|where it was) (?:\w+ )?(?:detonated|blown up|exploded|destroyed)|"
        r"(?:none|neither) (?:of (?:which|them|these) )?(?:had )?(?:detonated|exploded|went off|gone off)|"
        r"(?:detonated|blown up|exploded) (?:\w+ ){0,3}?(?:safely|by (?:\w+ ){0,3}?(?:sappers|experts|"
        r"specialists|deminers|engineers|teams?|police))|gas explosions?|population explosion",
    ),
)
HAPPENED = (
    (
        "happened",
        r"incidents?|accidents?|happened|took place|occurred|traged(?:y|ies)|"
        r"(?:latest|last|most recent|first|second) case|case was (?:reported|recorded|registered)|"
        r"it was|the (?:blast|explosion)",
    ),
)
AGENCY = (
    (
        "agency",
        r"interfax|tass|ria(?: novosti)?|reuters|afp|associated press|ap(?= )|"
        r"apa|trend|report(?=\.az)|azertac|azertag|sputnik|anadolu(?: agency)?|bbc|"
        r"radio free europe|rfe/rl|jam-?news|oc media|caucasian knot|suspilne|ukrinform|"
        r"al jazeera|xinhua|sana|azernews|turan|armenpress|bloomberg|dpa|efe",
    ),
)
SOURCE = (
    (
        "source",
        r"(?:(?:the |a )?(?:\w+(?:'\w+)? ){0,3}?)(?:defen[cs]e|interior|foreign|health|"
        r"emergenc(?:y|ies)(?: situations)?|internal affairs) ministry(?: of \w+)?|"
        r"ministry of (?:\w+ ){1,3}?(?:defen[cs]e|interior|affairs|emergenc\w+|health)"
        r"(?: of \w+)?",
    ),
    (
        "source",
        r"(?:the )?(?:\w+ )?(?:prosecutor(?:'s)?(?: general's?)? office|"
        r"prosecutor general's office|general prosecutor's office|prosecutors?)|anama|"
        r"(?:azerbaijan )?national agency for mine action|(?:the )?mine action agency|"
        r"(?:state )?border service|(?:the )?united nations|(?:the )?halo trust|"
        r"(?:the )?red cross|icrc|osce|war monitor|syrian observatory(?: for human rights)?|"
        r"governor|police|(?:(?:azerbaijani|russian|ukrainian|armenian|turkish|syrian) )?president|"
        r"(?:local|provincial|regional|district) (?:officials?|authorities|police|"
        r"spokesm[ae]n|governor)|emergency service(?:s)?|un mine action service|unmas",
    ),
)
SPEECH = (
    (
        "other",
        r"(?:while|whereas) (?:\w+ )?(?:media|outlets|newspapers|websites|channels|sources) "
        r"(?:write|wrote|speak|spoke|tell|report(?:ed)?|claim(?:ed)?)|"
        r"(?:an)?other (?:\w+ )?(?:sources?|outlets?|reports?|accounts?|media)"
        r"(?= (?:said|says?|speaks?|spoke|puts?|gives?|gave|reports?|reported|claims?|claimed)(?!\w))",
    ),
    (
        "said",
        r"said|says|told|reported(?!ly)|reports|report(?=:)|confirmed|announced|stated|"
        r"according to|informed|revealed|cit(?:ed|ing)|added|noted|statement|wrote|"
        r"declared|disclosed|tweeted|posted",
    ),
)
ACTIVITY = (
    (
        "search_recovery",
        r"search(?:es|ing)? (?:\w+ ){0,3}?for (?:the )?(?:\w+ ){0,2}?"
        r"(?:bodies|missing|remains|fallen|dead|soldiers|corpses)|(?:recover\w+|retriev\w+|"
        r"collect\w+) (?:of )?(?:the )?(?:bodies|remains|corpses)",
    ),
    (
        "demining",
        r"(?:during|while|in|amid|when|were|was|performing|carrying out|"
        r"conducting|doing|of) (?:\w+ ){0,3}?(?:de-?mining|mine[- ]clear\w+|clearance|"
        r"clearing(?! (?:the |a |an )?(?:rubble|debris|snow|site|ground|forest|brush|bushes|plot))|defus\w+|neutrali[sz]\w+|disposal)|were clearing|was clearing",
    ),
    (
        "herding",
        r"graz(?:ing|ed)|herd(?:ing|ed)|tend(?:ing|ed) (?:to )?(?:\w+ ){0,2}?"
        r"(?:sheep|cattle|goats?|animals?|livestock|flock|herd|cows?)|shepherd(?:ing|s)?|"
        r"pasture|looking for (?:\w+ ){0,2}?(?:sheep|cattle|cow|cows|goats?|animals)|"
        r"herders?|cowherds?",
    ),
    (
        "farming",
        r"plou?gh\w*|plow\w*|farm(?:ing|ers?| work\w*)|harvest\w*|sow(?:ing|ed)|"
        r"field ?work|work(?:ing|ed) (?:in|on) (?:the |a |his |her |their )?(?:\w+ )?"
        r"(?:fields?|land|farm|garden|orchard|vineyard)|irrigat\w+|mow(?:ing|ed)|"
        r"cultivat\w+|agricultural|tractor",
    ),
    (
        "gathering",
        r"(?:collect|gather|pick|forag|look|search)(?:ing|ed) (?:for )?(?:\w+ ){0,2}?"
        r"(?:firewood|wood|scrap|metal|mushrooms?|truffles?|berries|herbs|plants|fruit|"
        r"honey|water|asparagus|greens|bamboo)|foraging|scavenging|scrap metal|truffles|"
        r"fishing|hunting|cutting (?:fire)?wood",
    ),
    (
        "playing",
        r"play(?:ing|ed) (?:with|in|near|around|football)?|found (?:and|an?) "
        r"(?:\w+ )?object",
    ),
    (
        "tampering",
        r"(?:carried|brought|took|dropped|threw|hit|kicked|opened|hammered|struck) it|dismantl\w+|tamper\w+|disassembl\w+|(?:pick(?:ed|ing)|took|brought) "
        r"(?:\w+ ){0,2}?(?:up|home)|handl(?:ing|ed)|careless handling|saw(?:ing|ed)|"
        r"trying to open|threw (?:it|the \w+) (?:in|into)",
    ),
    (
        "construction",
        r"construct(?:ion|ing)|road ?works?|building (?:a|the) (?:road|house|"
        r"railway)|excavat\w+|bulldozers?|repair work|laying (?:a |the )?(?:road|cable|pipe"
        r"|asphalt)\w*|earthworks?|graders?",
    ),
    (
        "military",
        r"patrol(?:ling|led|s)?|engineering (?:works?|vehicle|support)|combat "
        r"(?:mission|duty|post)|military (?:service|duty|vehicle)|guard duty|"
        r"moving (?:to|towards|along) (?:\w+ ){0,3}?post|official duties|on duty|"
        r"reconnaissance|army truck",
    ),
    (
        "travel_vehicle",
        r"(?:car|truck|bus|vehicle|motorcycle|motorbike|tractor|ambulance|"
        r"van|minibus|lorry|jeep|pickup|taxi|kamaz|niva|uaz|convoy|cart)(?:'s|s)?|driving|"
        r"drove|travell?ing|on (?:its|their|his|her) way",
    ),
    (
        "travel_foot",
        r"walk(?:ing|ed)|on foot|hik(?:ing|ed)|crossing|strolling|"
        r"entered|entering|visit(?:ing|ed)",
    ),
)
WORK = (
    (
        "clearance",
        r"(?<!not )(?<!not been )clear(?:ed|ing|s)|clearance|de-?min(?:e|ed|es|ing)",
    ),
    (
        "disposal",
        r"destroying|disposing|disposal|found|discovered|"
        r"detected|defus\w+|neutrali[sz]ed|destroyed|removed|disposed",
    ),
    (
        "training",
        r"train(?:ed|ing|s)?(?: courses?)?|courses?|lessons?|"
        r"risk education|briefings?|awareness (?:sessions?|campaign)",
    ),
    (
        "deployment",
        r"deploy\w*|sent|send|dispatch\w*|arriv\w+|overseeing|stationed|"
        r"additional",
    ),
    ("survey", r"survey(?:ed|s|ing)?|inspected"),
    ("assessment", r"(?:needs[- ])?assess(?:ment|ing)\b(?: mission)?|fact-finding"),
)
WORK_STATUS = (
    (
        "planned",
        r"plan(?:s|ned)?|will|ready to|intends?|is going to|are going to|to be|"
        r"expected to|scheduled|would",
    ),
    ("announced", r"announced|said it|deployed|has sent"),
    (
        "under_way",
        r"begun|began|started|continu\w+|under ?way|ongoing|are overseeing|"
        r"is being|are being|involved in|currently|launched",
    ),
    (
        "completed",
        r"were (?:found|cleared|neutrali[sz]ed|destroyed|trained)|cleared|"
        r"completed|have been|has been|found|neutrali[sz]ed|was cleared|finished",
    ),
)
AREA = (
    ("10000", r"hectares?|ha"),
    ("1000000", r"square kilomet(?:re|er)s?|sq\.? ?km|km2|km²"),
    ("1", r"square met(?:re|er)s?|sq\.? ?m|m2|m²"),
)
CREW = (
    (
        "crew",
        r"(?:[^\W\d]+ )?(?:people|experts?|specialists?|deminers?|sappers?|troops?|"
        r"peacekeepers?|soldiers?|servicemen|personnel|staff|members?|volunteers?|"
        r"mine-clearing experts?|teachers?|residents?|schoolchildren|children|"
        r"employees|participants)",
    ),
)
FIND = (
    ("ap_mine", r"anti-? ?personnel(?: (?:land)?mines?)?"),
    ("at_mine", r"anti-? ?(?:tank|vehicle)(?: (?:land)?mines?)?"),
    ("cmr", r"cluster (?:munitions?|bombs?|bomblets?)|submunitions?"),
    (
        "uxo",
        r"(?:items? of |pieces? of |units? of )?(?:unexploded (?:\w+ )?(?:ordnances?|"
        r"munitions?|shells?|ammunition|devices?)|uxos?|explosive remnants?(?: of war)?|"
        r"explosive (?:devices?|ordnance|items?))",
    ),
    ("mine_unspecified", r"(?:land)?mines?(?!-)"),
)
CIVIL = (
    (
        "civil",
        r"passenger (?:cars?|bus(?:es)?|vehicles?|trains?)|(?:private|own|family|civilian) "
        r"(?:cars?|vehicles?)|taxis?|minibus(?:es)?|sedans?|tractors?|combine harvesters?|"
        r"(?:work(?:s|ed|ing)?|employed) (?:for|by|at) (?:an?|the) (?:(?!demining|mine|clearance)[\w-]+ ){0,3}?(?:company|firm|contractor)|"
        r"(?:employees|workers|staff) (?:of|at|with) (?:an?|the) (?:(?!demining|mine|clearance)[\w-]+ ){0,3}?(?:company|firm|contractor)",
    ),
    (
        "police",
        r"police (?:patrol |traffic |service )?(?:cars?|vans?|jeeps?|vehicles?|trucks?|suvs?|pickups?|minibus(?:es)?|buses|bus)|"
        r"(?:patrol )?(?:cars?|jeeps?|vehicles?|vans?) of the (?:\w+ ){0,2}police",
    ),
    (
        "peacekeeper",
        r"peacekeepers?'? (?:\w+ )?(?:vehicle|truck|car|convoy|patrol|jeep)s?|(?:vehicle|truck|car|convoy|patrol|jeep)s? of (?:the )?(?:\w+ )?peacekeep\w+",
    ),
    (
        "military",
        r"(?:army|military) (?:\w+ )?(?:trucks?|lorr(?:y|ies)|vehicles?|cars?|jeeps?|convoys?|buses|bus)",
    ),
)
IDENTIFIED = (
    (
        "people",
        r"the (?:dead|deceased|killed|injured|wounded|victim|casualty)(?: man| woman| person| soldier)?s?,? (?:was|were|is|are) (?:an?|the|all|both|identified)|"
        r"(?:the (?:two|three|four|five|six|seven|\d+) (?:men|women|people|victims)|all (?:of them|two|three|four|five|six|\d+)|both(?: men| of them)?) (?:were|are)(?! (?:\w+ly |also |all |both )?(?:\w+ed|hurt|dead|hit|in|on|out|at|not|said|taken|under|being|still)(?!\w))",
    ),
    (
        "people",
        r"(?:they|all (?:of them|three|four|five|victims)?|both(?: men)?|the (?:two|three|four|five|victims?|dead|"
        r"injured|wounded|deceased)),? (?:who |also )?(?:are|is|were|was|come|came|had come|had been|worked|lived|live)",
    ),
)
AFFILIATION = (
    ("Azerbaijan", r"azerbaijan(?:i|is|'s)?|azeri"),
    ("Russia", r"russian?s?|russia's"),
    ("Armenia", r"armenian?s?"),
    ("Ukraine", r"ukrain(?:e|ian|ians|e's)"),
    ("Türkiye", r"turkish|turkey|turkiye"),
    ("Georgia", r"georgian?s?"),
    ("Syria", r"syrian?s?"),
    ("Cambodia", r"cambodian?s?"),
    ("Colombia", r"colombian?s?"),
)
DAYPART = (
    ("night", r"(?:at |over|by |to)?night(?:time)?|midnight|overnight"),
    ("morning", r"mornings?|dawn|sunrise|daybreak"),
    ("noon", r"noon|midday"),
    ("afternoon", r"afternoon"),
    ("evening", r"evening|dusk|sunset|nightfall"),
)
DATE_ROLES = (
    (
        "event",
        r"(?:incidents?|explosions?|blasts?|cases?|accidents?) (?:was|were|has been|have been) (?:\w+ )?(?:reported|recorded|registered|documented)(?: (?:on|in))?(?: late| early)? $|"
        r"(?:puts?|plac(?:es?|ed|ing)|dat(?:es?|ed|ing)|trac(?:es?|ed|ing)|tim(?:es|ed)|has|have|had|assign(?:s|ed)) (?:the |this |that )?"
        r"(?:mine )?(?:blast|explosion|incident|accident|event|tragedy)(?: as)?(?: (?:\w+ing|back))?(?: (?:to|on|at))?(?: \w+day,?)? $|"
        r"according to [^,.;\n]{3,80}, (?:on |late on |early on )?$|"
        r"(?:blast|explosion|incident|accident|event)(?: itself)? (?:is |was |has been |had )?(?:dates?|dated|dating|goes|went|happened|put|placed)(?: back)? (?:to|from|at|on)(?: \w+day,?)? $",
        r"",
    ),
    ("birth", r"(?:born|aged)(?: \w+){0,2} (?:on |in )?$", r""),
    (
        "history",
        r"(?:retaken|regained|recaptured|recovered|(?<!the )(?<!newly )(?<!recently )liberated|captured|handed (?:back|over)|surrendered|returned(?! (?:home|to (?:the|his|her|their) (?:village|house|home|field|farm)))|ceded|seized|retook|reclaimed|came(?: back)?(?= (?:under|into)))(?! (?:\w+ )?(?:dead|bod))"
        r"(?: \w+){0,5} (?:in |on )?$",
        r"",
    ),
    ("said", r"^[a-z]+[a-z ,./'-]{0,40}, $", r"\.? ?(?:/|-|\.|\(|, [a-z.]{2,12} ?(?:[./:]|- ))"),
    ("said", r"^[a-z-]+(?:,? [a-z]+)?\. $", r" ?(?:/|- |\([a-z]|\. [a-z.]{2,12} ?[:/-])"),
    (
        "since",
        r"by (?:the )?$|(?:since|from|starting|as of|until|till|before|after|prior to)"
        r"(?: the)?(?: (?!midnight|noon|dawn|dusk|sunset|midday|sunrise|on|in)\w+| (?:on|in))? $",
        r"(?!'s)",
    ),
    ("until", r"", r" (?:to|until|through) (?:\w+ \d+|date|now|today)"),
    (
        "said",
        r"(?:statement|report|release|notice|communique) (?:\w+ )?(?:issued|released|circulated|published) (?:on )?$",
        r"",
    ),
    (
        "history",
        r"(?:agreement|deal|statement|accord|ceasefire|truce|war|armistice|treaty|"
        r"signed|(?:was|were|been) liberated|(?:fighting|hostilities|conflict) ended|dated)(?: (?!said|reported|issued)\w+){0,4} (?:on|of|in|from) $",
        r"(?!'s)",
    ),
    (
        "history",
        r"",
        r"(?:, \d{4},?)? (?:(?!a |an |the |as |after |when |in )[\w-]+ )?(?:agreements?|trilateral|cease-?fires?|truces?|accords?|armistices?|peace|declarations?|war|deal)(?!\w)",
    ),
    (
        "said",
        r"(?:ministry|office|agency|police|officials?|authorities|service|spokes\w+|governor|"
        r"president|army|military|media)(?: \w+)? (?:on|late on|early on) $",
        r" (?!when|after|while|and)[a-z]+",
    ),
    (
        "said",
        r"(?:discharged|sent home|allowed home|operated on|transferred to [\w -]{3,30})(?: (?:from|by) (?:the )?(?:\w+ ){0,2}?\w+)?(?: late| early)?(?: on)? $|"
        r"(?:wrote|posted|said) on (?:facebook|twitter|x|telegram|social media)(?: on)? $|"
        r"(?:said|told(?: [\w/.'-]+){1,6}|reported|confirmed|announced|statement|stated|"
        r"says|wrote|reports|citing|informed|revealed|declared|published|posted|added|noted)"
        r"(?: (?:in a statement|by \w+|earlier|late|early|here))?,?(?: (?:on|in|late on|early "
        r"on))?(?: late| early)? $",
        r"(?!'s)",
    ),
    (
        "said",
        r"(?:saying|reporting|telling|stating|announcing|as having said)(?: (?:on|in))? $",
        r"",
    ),
    # *It became known only today.*
    (
        "said",
        r"(?:became|become|becomes|was made|been made) (?:known|public|clear)(?: \w+)?(?: on| in)? $|"
        r"(?:came|come|comes) to light(?: \w+)?(?: on| in)? $|(?:emerged|surfaced|learnt|learned)(?: only| just)?(?: on)? $",
        r"(?!'s)",
    ),
    ("said", r"", r" (?:as (?:saying|reporting|telling|stating)|by (?:\w+ ){1,4}?as saying)"),
    (
        "said",
        r"(?:found|discovered|recovered) (?:dead|lifeless|killed)(?: \w+){0,6}? (?:on |late on |early on )?$|"
        r"(?:bod(?:y|ies)|remains|corpses?)(?!\w)[^.;]{0,60}(?:found|discovered|recovered|retrieved)(?: \w+){0,6}? (?:on )?$",
        r"",
    ),
    (
        "said",
        r"",
        r",? (?:\w+ ){0,2}?(?:said|reported|told|announced|confirmed|revealed) "
        r"(?:that|in|by)",
    ),
    (
        "future",
        r"(?:will|ready to|plans? to|planned to|going to (?:be|begin|start|clear|hold|launch|open|send|carry|conduct|visit)|expected|scheduled|due)\b[^.]{0,80} "
        r"(?:in|on|by) $|(?:until|will|next|coming|upcoming|planned for|scheduled for|in early|"
        r"mission in .{0,40}in early) $",
        r"",
    ),
)
PLACE_ROLES = (
    ("office", r"", r"[ -]based (?!in\b)"),
    ("inquiry", r"", r"(?:'s)? district(?:'s)? (?:prosecut|police)"),
    (
        "inquiry",
        r"(?:prosecutors?(?:'s?)?(?: office)?|police(?: department| office| station)?) (?:of|in) (?:the )?$",
        r" district",
    ),
    ("denied", r"(?:^|\W)not (?:in|near|at|from) (?:the )?$", r""),
    ("office", r"under $", r"(?:'s)? (?:\w+ )?(?:control|rule)"),
    ("office", r"", r"'s? (?:\w+ )?(?:control|rule|hands)\b"),
    (
        "road",
        r"(?:road|highway|motorway|route|way|line) (?:(?!(?:in|near|at|of|to) )[\w-]+ ){0,4}?(?:from|between) (?:the )?(?:[\w'-]+ (?:to|and|towards) (?:the )?)?$",
        r"",
    ),
    (
        "road",
        r"(?:road|highway|motorway|track|route|line) (?:that runs |running |leading |under construction |being built )?between (?:the )?$",
        r"",
    ),
    (
        "office",
        r"(?:^|[.!?:;\"] )$",
        r" (?:called|calls|describe[sd]?|den(?:ies|ied)|has|had|wants?|needs?|sees|saw|was|rejected|condemned|regards?|blamed)\b",
    ),
    (
        "dateline",
        r"^$",
        r",? ?(?:azerbaijan,? )?(?:[a-z]{3,9}\.? \d+(?!-),?|(?<=baku, )\d{1,2} [a-z]+[,.]|\d{1,2} [a-z]+ ?[/(-]|/|\(|--|-)",
    ),
    (
        "hospital",
        r"(?:hospitals?|clinics?|medical cent(?:er|re)s?|morgue|(?:burns?|trauma|surg\w+|care|emergency) (?:units?|wards?|departments?))(?: (?:\w+ )?(?:in|of|"
        r"at))?(?: the)?(?: (?:city|town|capital)(?: of)?)? $",
        r"",
    ),
    (
        "hospital",
        r"(?:taken|taking|transferred|evacuated|transported|airlifted|brought|bringing|flown|rushed|"
        r"admitted|delivered|hospitali[sz]ed|treated|operated(?= on)|sent|moved)(?: (?!after|following|when|from)\w+){0,3} (?:to|in|at)"
        r"(?: (?:the|an?|nearby|central|military|regional|azeri|azerbaijani|capital|city|town|of)"
        r"){0,6} $",
        r"",
    ),
    (
        "hospital",
        r"(?:(?:an|the|his|her|eye|under|surgical|second|\w+-hour) operation|surgery|treatment|intensive care)(?: \w+)? (?:in|at) (?:the )?$",
        r"",
    ),
    ("hospital", r"(?:surgeons?|doctors?|medics?)(?: (?:in|at|of|from))(?: the)? $", r""),
    (
        "hospital",
        r"",
        r"(?:'s?)?(?: (?:district|central|city|regional|military|general|"
        r"state|town|provincial)){0,3} (?:hospital|clinic|medical|morgue|trauma)",
    ),
    (
        "home",
        r"(?:residents?|natives?|inhabitants?|dwellers?|citizens?|born in|hail(?:s|ed|ing) from|"
        r"registered in|originally from|lived in|living in|lives in|come from|came from|native "
        r"of|displaced from|idps from|man from|woman from|family from|villager from|soldier from|"
        r"people from|shepherd from|farmer from|settlers? of|domiciled in|driver from|boy from|"
        r"buried in|funeral in|brother from|father from)(?: (?:of|in|from))?(?: the| \w+'s)?"
        r"(?: (?:village|city|town|district|region)(?: of)?)? $",
        r"",
    ),
    (
        "home",
        r"(?<!far)(?<!away)(?<!km)(?<!metres)(?<!meters)(?<!miles)(?<!moved)(?<!distance)(?<!residents)(?<!hailing)(?<!reports) from (?:the )?(?:(?:city|town|village) of )?$",
        r"(?! (?:district )?(?:to|towards|into)\b)",
    ),
    (
        "home",
        r"(?:\w+er|\w+keeper|\w+m[ae]n|\w+herd|\w+ist|\w+or|\w+ian|\w+ant|student|boy|girl|father|"
        r"mother|couple|youth|family|teenager)s? from (?:the )?(?:(?:city|town|village) of )?$",
        r"",
    ),
    (
        "home",
        r"",
        r"(?: (?:district|region|city|village))?[ -](?:residents?|natives?|"
        r"inhabitants?|residents?|born|based)\b",
    ),
    (
        "office",
        r"(?:reports?|news|sources?|media|information|correspondents?) (?:from|in)(?: the)? $",
        r"",
    ),
    (
        "office",
        r"(?:prosecutor(?:'s)?(?: office)?|police|authorities|officials|court|embassy|"
        r"administration|governor|reporters|told journalists|press conference|meeting|forum|"
        r"governor|office|ministry|head|cent(?:er|re)|headquarters|bureau)(?: (?:of|in|for))(?: the)? $",
        r"",
    ),
    (
        "office",
        r"",
        r"(?:'s)?(?: (?:district|regional|region|city|garrison|military|"
        r"general|interdistrict|inter-district)){0,3} (?:prosecutor|police (?:department|"
        r"office|station)|court|executive|administration|authorit|officials|ministry|"
        r"prosecution|garrison prosecutor)",
    ),
    (
        "office",
        r"",
        r"(?:'s)? (?:says|said|demands|accuses|urges|recaptured|retook|regained|took control|controls|considers|"
        r"maintains|insists|claims|took back|has (?:said|demanded|urged|"
        r"accused|warned|repeatedly)|calls|blames)\b",
    ),
    (
        "location",
        r"(?:on|at|near|along) the border (?:of|between) (?:the )?$",
        r"(?: districts?)? and ",
    ),
    (
        "border",
        r"(?:border with|bordering|borders?|between azerbaijan and|peace with) $",
        r"",
    ),
    (
        "border",
        r"",
        r"-?(?:azerbaijan(?:i)?)? (?:border|ceasefire|agreement|war|conflict)",
    ),
    (
        "people",
        r"",
        r"(?:'s)? (?:soldier|troop|servicem|officer|peacekeep|militar|arm(?:y|ed)|forces|"
        r"border guard|president|prime|ministry|emergenc|interior|defen[cs]e|foreign|"
        r"national (?:army|guard)|citizen|state (?:media|border|security)|journalist|deminer|sapper|separatist|government|"
        r"embassy|ambassador|civilian|agency|mine action|media|authorities|occup|mine\b|"
        r"mines\b|television|tv\b|newspaper|channel|radio|broadcaster|based\b|university|construction (?:company|firm)|company|firm\b|shell|missile|drone|republic|side\b|ombudsman|full-scale|invasion)",
    ),
    ("road", r"", r"-[a-z]\w+(?:-[a-z]\w+)? (?:\w+ )?(?:road|highway|railway|line|border)"),
    ("road", r"[a-z]+-$", r" (?:\w+ )?(?:road|highway|railway|line|border)"),
    (
        "road",
        r"(?:road|highway|way|route|convoy|on|returning|heading|going|travell?ing) "
        r"(?:from|to|towards|between)(?: the)? $",
        r"",
    ),
)
VILLAGES = (
    r"(?<![\w'’-])(?P<name>[A-Z][\w'’-]++(?: [A-Z][\w'’-]++){0,2}) (?:village|settlement|hamlet|township|town)\b",
    r"(?<![\w'’-])(?P<name>[A-Z][\w'’-]++(?: [A-Z][\w'’-]++){0,2}), an? (?:\w+ )?(?:village|settlement|hamlet|township|town) (?:in|of)\b",
    r"(?<!\w)(?:village|settlement|hamlet|town|township|city|farm)s? (?:of|called|named) "
    r"(?P<name>(?![A-Z]\w+['’]s )(?:[aA]l |[eE]l )?[A-Z][\w'’-]++(?: [A-Z][\w'’-]++){0,2})",
)
DISTRICTS = (
    r"(?<![\w'’-])(?P<name>(?:[aA]l-|[aA]l |[eE]l-)?[A-Z][\w’-]++(?: [A-Z][\w’-]++){0,2})(?:'s)? "
    r"(?:[Dd]istrict|[Pp]rovince|[Rr]egion|[Oo]blast|[Gg]overnorate|[Cc]ounty|[Dd]epartment|[Ss]tate|"
    r"[Rr]ayon|[Mm]unicipality|[Cc]ommune)\b",
    r"(?<!\w)(?:[Pp]rovince|[Gg]overnorate|[Dd]epartment|[Dd]istrict|[Rr]egion|[Ss]tate|"
    r"[Mm]unicipality|countryside) of (?P<name>(?:[aAeE]l[ -])?[A-Z][\w'’-]++(?: [A-Z][\w'’-]++){0,2})",
)
CLAUSE_STRONG = r"[;:.]|,? (?:and|while|whereas|but)(?= )"
CLAUSE = r"(?:[;:]|,? while|,? whereas|,? and|,|\.| - )(?= )"
CITED = "{source}, cited by {outlet}"
CAPITALS = True
PLURAL = (
    r"(?:members of .*|\w+s|\w*men|\w*women|people|children|personnel|staff|troops|police|military|"
    r"injured|wounded|wives|lives|babies|families|of them|of whom|of the \w+)$"
)
