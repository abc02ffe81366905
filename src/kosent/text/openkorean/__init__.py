"""Open Korean Text's analysis of Korean without a JVM: the same tokens, computed in Python.

Open Korean Text 2.1.0 (https://github.com/open-korean-text/open-korean-text, Apache License 2.0,
Copyright 2014 Twitter, Inc. and its authors: Will Hohyon Ryu and contributors) is a Scala library.
This package is written anew after its algorithm and holds none of its code. It reads the
dictionaries straight from the library's jar file, which KoNLPy installs; neither KoNLPy nor Java
is started. Not covered: phrases, sentences, detokenizing, and custom scoring profiles.
"""
