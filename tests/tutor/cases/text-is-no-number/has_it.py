def next_year(text):
    return text + 1
