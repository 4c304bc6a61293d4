"""Which sentences does the program itself say?  One module per area: TEXTS = {id: (English, Chinese)}.

The words of rules live in the rules.  Placeholders are those of str.format and must be the same in both languages.
"""
