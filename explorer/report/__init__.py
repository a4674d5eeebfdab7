"""The report: one HTML file on a dataset that a newsroom can mail.

scope.py says what it is about, data.py asks (queries.sql), sections.py makes answers into tables and plots (plots.py),
page.py puts them into report.html. shown.py shows text out of dumps as what it is.
"""
