"""What stands behind the ``okt`` tokenizer: engines that analyse an eojeol, and their memory.

An eojeol is what stands between white space. Okt's tokens of a text are exactly those of its
eojeols, one after another, so an eojeol is analysed once and remembered.
"""
