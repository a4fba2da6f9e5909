def phone(book, name):
    if name in book:
        return book[name]
    return "unknown"
