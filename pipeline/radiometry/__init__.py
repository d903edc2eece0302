"""What a pixel's number means: noise off, calibrated, averaged, without border noise.

Functions from arrays to arrays, over the tables of `pipeline.safe`; no file is opened here.
"""
