"""Files from archives: carried over a bad line, checked, and made one zip file per product.

`transport` is how a source answers, with one file for each scheme; `download` carries one file
whole to the disk; `packing` and `contents` make and check the zip file. What goes into the
catalogue is for `pipeline.run_fetch`.
"""
