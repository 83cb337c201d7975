"""Labels of domain names as texts, many at once: which are one edit apart, and which are mistaken for each other.

texts       Arrow texts as octets for compiled loops, and back
skeletons   characters that are mistaken for each other folded into one
edits       labels that are one edit away from others
variants    labels that are the same, mistaken for each other or one edit apart, and not by chance

What belongs here: what any stage may ask of two labels. What doesn't: what a name is, and which part of it is
registrable (`names`); the other forms by which the linking compares names (`link.forms`); what it means that two are
alike.
"""
