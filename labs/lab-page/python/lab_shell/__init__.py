"""The Python side of a kernel in the browser: a small interactive shell for notebooks' cells.

It runs inside Pyodide, in a worker of the lab page (``labs/lab-page/pyodide_worker.ts``) and under Node for
``darsgah lab check`` (``labs/darsgah_labs/browser_run.py``); it needs the standard library alone. Outputs
leave as JSON through one function, in the order in which the cell made them. ``IPython`` itself would cost a
download of megabytes and seconds at every start; what beginners use of it is here.
"""
