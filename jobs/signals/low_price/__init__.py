"""Under-priced declarations: facts of the declared lots -> reference, rules, patterns, what speaks for the importer -> levels and choice."""
