"""What each word of a text adds to each class, in the characters that the user typed.

Everything here works on a function from texts to probabilities; nothing of it is imported to
predict.
"""
