def insert_after(node, value):
    new = Node(value)
    new.next = node.next
    node.next = new
