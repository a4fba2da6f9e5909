def next_year(text):
    return int(text) + 1
