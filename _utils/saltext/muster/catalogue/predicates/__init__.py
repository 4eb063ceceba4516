"""Tests of the catalogue's rows, one file a subject: facts and plan in, outcome out."""
