def with_guest(names, guest):
    longer = names
    longer.append(guest)
    return longer
