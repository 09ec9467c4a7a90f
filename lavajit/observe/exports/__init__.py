"""Records as objects of other libraries, which are imported when they are asked for.

``methods`` is what Samples, Events and Result inherit; each other module serves one library.
"""
