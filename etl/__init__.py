"""From files to a published warehouse: contracts, reading, checking, marts, publishing.

The steps in the order they run: ``files`` (what is there), ``read`` (text as it stands),
``check`` (types and rules, rejects with reasons), ``marts`` (SQL, one table a file),
``publish`` (verify, then swap the pointer). ``build`` strings them together.
"""
