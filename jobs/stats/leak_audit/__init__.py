"""Does a score on a labelled table measure knowledge, or memory?"""
