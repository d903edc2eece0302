"""Fronts of other authors: files in, fronts with their source and licence out.

    layout   what names and folders of the IceLines download say
    dates    what a date means: an instant, a day, a month
    fields   which fields hold the unit and the date
    naming   which unit a name means, also outside the table of shelves
    vector   files of any vector format as one table in EPSG:3031
    lines    which geometries can be a front
    read     a file or folder as a stream of fronts, problems and notices
    run      that stream into the catalogue

Everything but `vector` and `run` is free of reading and writing.
"""
