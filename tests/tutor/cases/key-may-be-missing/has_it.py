def phone(book, name):
    return book[name]
