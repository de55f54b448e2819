"""The reading of import files: bytes in, accepted rows and explained rejections out.

Theory of operation.  A room of its own, because it needs libraries that ``domain`` may not import
(calamine, charset-normalizer) and yet does not know PostgreSQL: an import can be judged
without a database, by the console's preview, the command line and the tests alike.

``files`` opens a file as a stream of raw rows (``text`` for CSV, ``sheets`` for XLSX); ``columns``
decides once, from the header row, which column feeds which field; ``rows`` judges one row at a
time and folds the duplicates of a batch.  Nothing here keeps more than one batch in memory.
"""
