"""Files for translators: what there is to translate, and their files brought up to date."""
