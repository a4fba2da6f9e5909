/** Values that cells left in the kernel and no cell gives any more: an answer may not pass by them. */

/**
 * Python that forgets the names which the question's cells need and no cell up to its tests binds, and prints
 * them. Where a cell binds names that its text does not show, nothing is forgotten.
 */
const FORGET = `
import re, symtable
def tables(table):
    yield table
    for child in table.get_children():
        yield from tables(child)
def names(source):
    try:
        python = re.sub(r"(?m)^([ \\t]*)%+\\w+ *", r"\\1", source)
        top, *others = tables(symtable.symtable(python, "cell", "exec"))
    except Exception:
        return set(), set(re.findall(r"\\w+", source))
    inner = [one for table in others for one in table.get_symbols()]
    every = top.get_symbols()
    needed = [one for one in [*every, *inner] if one.is_referenced() and (one in every or one.is_global())]
    bound = [one for one in every if one.is_assigned() or one.is_imported() or one.is_declared_global()]
    bound += [one for one in inner if one.is_declared_global()]
    return {one.get_name() for one in needed}, {one.get_name() for one in bound}
if not re.search(r"import\\s*[*]|%run|%pylab|globals\\(|exec\\(|vars\\(", "\\n".join(above)):
    bound = set().union(*(names(source)[1] for source in above))
    needed = set().union(*(names(source)[0] for source in own))
    kept = {"display", "get_ipython", "In", "Out", "exit", "quit", "open", "help"}
    for name in needed - bound - kept:
        if name in values and name[0] != "_":
            print(name)
            del values[name]
`;

/** `above`: the sources up to the question's tests; `own`: those of its answers and tests. */
export function forgetting(above: readonly string[], own: readonly string[]): string {
  const given = `"above": ${JSON.stringify(above)}, "own": ${JSON.stringify(own)}`;
  return `__import__("builtins").exec(${JSON.stringify(FORGET)}, {"values": globals(), ${given}})`;
}
